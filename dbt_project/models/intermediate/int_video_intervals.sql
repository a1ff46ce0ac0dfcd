{{ config(materialized='ephemeral') }}

with

signals as (

    select
        *,
        lead(event_time) over viewing as next_at,
        lead(signal) over viewing as next_signal,
        lead(position_seconds) over viewing as next_position,
        lag(signal) over viewing as previous_signal,
        lag(position_seconds) over viewing as previous_position,
        lag(resumes_at_seconds) over viewing as previous_resumes_at,
        last_value(
            case when signal in ('play', 'heartbeat') then true when signal in ('pause', 'ended') then false end
            ignore nulls
        ) over (viewing rows between unbounded preceding and 1 preceding) as was_running
    from {{ ref('int_video_view_signals') }}
    window viewing as (
        partition by viewer_key, video_id, view_number
        order by event_time, case when is_segment then position_seconds else -1 end, signal_order, event_id
    )

),

states as (

    select
        *,
        case
            when is_segment then false
            when signal in ('play', 'heartbeat') then true
            when signal in ('pause', 'ended') then false
            else coalesce(was_running, false)
        end as is_running,
        -- A pair names one second twice: its end counts only where its start was lost.
        is_segment and not coalesce(
            signal = 'segment_end' and previous_signal = 'segment_start' and previous_position = position_seconds, false
        ) as is_watched_second,
        coalesce(
            previous_signal in ('segment_start', 'segment_end') and previous_position + 1 = position_seconds, false
        ) as is_next_second,
        coalesce(was_running and position_seconds >= previous_resumes_at, false) as is_going_on,
        -- Sign of life that says how far the player came; any other next signal says nothing about it.
        coalesce(
            next_signal not in ('play', 'initialized', 'segment_start', 'segment_end')
            and next_position >= resumes_at_seconds, false
        ) as is_reached_position_known,
        least(
            {{ var('heartbeat_seconds') }},
            coalesce(
                {{ seconds_between('event_time', 'next_at') }} * coalesce(playback_rate, 1),
                {{ var('heartbeat_seconds') }}
            )
        ) as believed_seconds
    from signals

),

int_video_intervals as (

    select
        *,
        case
            when is_watched_second then position_seconds
            when is_running then resumes_at_seconds
        end as from_seconds,
        case
            when is_watched_second then position_seconds + 1
            when is_running and is_reached_position_known then next_position
            when is_running then resumes_at_seconds + believed_seconds
        end as to_seconds,
        case
            when is_watched_second then not is_next_second
            when is_running then signal in ('play', 'seek') or not is_going_on
            else false
        end as is_jump
    from states

)

select
    day,
    event_time,
    video_id,
    actor_key,
    viewer_key,
    session_id,
    view_number,
    is_segment,
    signal_order,
    event_id,
    position_seconds,
    duration_seconds,
    played_segments,
    from_seconds,
    to_seconds,
    is_jump
from int_video_intervals
