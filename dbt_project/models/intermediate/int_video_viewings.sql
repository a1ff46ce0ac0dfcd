{{ config(materialized='ephemeral') }}

with

-- The days of int_video_ordered_signals: one viewing has one video, actor and session, so no window carries them.
int_video_viewings as (

    select
        viewing_key,
        max(video_id) as video_id,
        max(actor_key) as actor_key,
        max(session_id) as session_id
    from {{ ref('int_video_signals') }}
    where {{ in_days('day', before=2, after=2) }}
    group by viewing_key

)

select * from int_video_viewings
