{{ config(materialized='ephemeral') }}

with

intervals as (

    select
        *,
        sum(case when is_jump then 1 else 0 end) over (
            partition by viewer_key, video_id, view_number
            order by event_time, case when is_segment then position_seconds else -1 end, signal_order, event_id
            rows between unbounded preceding and current row
        ) as run_number
    from {{ ref('int_video_intervals') }}

),

runs as (

    select
        viewer_key,
        video_id,
        view_number,
        day,
        run_number,
        max(actor_key) as actor_key,
        max(session_id) as session_id,
        min(event_time) as started_at,
        max(event_time) as ended_at,
        min(from_seconds) as from_seconds,
        max(to_seconds) as to_seconds,
        max(case when is_segment then position_seconds + 1 else position_seconds end) as furthest_seconds,
        max(duration_seconds) as duration_seconds,
        {{ latest('played_segments', by='event_time') }} as played_segments,
        max(case when played_segments is not null then event_time end) as played_segments_at
    from intervals
    group by viewer_key, video_id, view_number, day, run_number

),

spans as (

    select
        *,
        min(started_at) over (partition by viewer_key, video_id, view_number) as first_at,
        max(ended_at) over (partition by viewer_key, video_id, view_number) as last_at,
        min(started_at) over (partition by viewer_key, video_id, view_number, day) as first_at_of_day
    from runs

),

-- A player that runs for more than half a day is a machine. It is cut at midnight, so that how far one day's events
-- can reach stays bounded and a day can be built alone.
int_video_runs as (

    select
        *,
        case
            when {{ seconds_between('first_at', 'last_at') }} > 43200 then first_at_of_day
            else first_at
        end as view_started_at
    from spans

)

select
    {{ made_id(['viewer_key', 'video_id', microseconds('view_started_at')]) }} as view_id,
    {{ utc_day('view_started_at') }} as day,
    video_id,
    view_started_at,
    actor_key,
    session_id,
    started_at,
    ended_at,
    from_seconds,
    to_seconds,
    furthest_seconds,
    duration_seconds,
    played_segments,
    played_segments_at
from int_video_runs
