{{ config(materialized='ephemeral') }}

with

-- One day beyond the days that views are replaced for, on both sides: a view that is not cut lasts half a day at most.
signals as (

    select * from {{ ref('int_video_signals') }}
    where {{ in_days('day', before=2, after=2) }}

),

neighbours as (

    select
        *,
        lag(event_time) over viewing as previous_at,
        last_value(case when signal = 'ended' then true when is_start then false end ignore nulls)
            over (viewing rows between unbounded preceding and 1 preceding) as is_after_end
    from signals
    window viewing as (
        partition by viewer_key, video_id
        order by event_time, case when is_segment then position_seconds else -1 end, signal_order, event_id
    )

),

-- What follows an end and starts nothing, as a player's pause after its ended, still belongs to the view.
starts as (

    select
        *,
        case
            when {{ seconds_between('previous_at', 'event_time') }} > {{ var('view_gap_seconds') }} then 1
            when is_after_end and is_start then 1
            else 0
        end as is_new_view
    from neighbours

),

int_video_view_signals as (

    select
        *,
        sum(is_new_view) over (
            partition by viewer_key, video_id
            order by event_time, case when is_segment then position_seconds else -1 end, signal_order, event_id
            rows between unbounded preceding and current row
        ) as view_number
    from starts

)

select
    event_id,
    day,
    event_time,
    video_id,
    actor_key,
    viewer_key,
    session_id,
    view_number,
    signal,
    is_segment,
    signal_order,
    position_seconds,
    resumes_at_seconds,
    duration_seconds,
    playback_rate,
    played_segments
from int_video_view_signals
