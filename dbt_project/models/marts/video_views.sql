{{ built_by_day(before=1, after=1) }}

with

stretches as (

    select * from {{ ref('int_video_stretches') }}
    where {{ in_days('day') }}

),

views as (

    select
        view_id,
        day,
        video_id,
        max(actor_key) as actor_key,
        max(session_id) as session_id,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        max(duration_seconds) as duration_seconds,
        max(furthest_seconds) as furthest_seconds,
        coalesce(sum(to_seconds - from_seconds), 0) as play_time_seconds,
        coalesce(sum(case when new_from_seconds is not null then to_seconds - new_from_seconds end), 0)
            as unique_watched_seconds
    from stretches
    group by view_id, day, video_id

),

video_views as (

    select
        view_id,
        day,
        {{ local_day('started_at') }} as local_day,
        video_id,
        actor_key,
        session_id,
        started_at,
        ended_at,
        duration_seconds,
        furthest_seconds,
        play_time_seconds,
        unique_watched_seconds
    from views

)

select * from video_views
