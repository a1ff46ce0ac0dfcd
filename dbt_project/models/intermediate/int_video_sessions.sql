{# What other days must know of a view: its session's later lists contain its list. A change opens their days again. #}
{{ built_by_day(before=1, after=1, key='viewing_key') }}

with

runs as (

    select * from {{ ref('int_video_runs') }}
    where {{ in_days('day') }}
        and session_id is not null

),

int_video_sessions as (

    select
        viewing_key,
        view_id,
        day,
        max(view_started_at) as view_started_at,
        max(list_at) as list_at,
        {{ latest('played_segments', by='list_place') }} as played_segments,
        coalesce(sum(case when is_counted and chain = 'signals' then to_seconds - from_seconds end), 0)
            as signals_seconds,
        max(case when is_counted and chain = 'signals' then playing_from end) as plays_last_from
    from runs
    group by viewing_key, view_id, day

)

select * from int_video_sessions
