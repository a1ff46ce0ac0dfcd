{{ config(materialized='ephemeral') }}
{% set heartbeat, stall = var('heartbeat_seconds'), var('stall_seconds') %}
{% set silence = var('view_gap_seconds') ~ ' * rate' %}

with

neighbours as (

    select
        *,
        lead(signal) over chained as next_signal,
        lead(position_seconds) over chained as next_position,
        lag(signal) over chained as previous_signal,
        lag(position_seconds) over chained as previous_position,
        lag(resumes_at_seconds) over chained as previous_resumes_at,
        {{ seconds_between('lag(event_time) over chained', 'event_time') }} as seconds_before,
        {{ seconds_between('event_time', 'lead(event_time) over chained') }} * rate as seconds_to_next,
        lag(rate) over chained as rate_before,
        lag(lists_so_far) over chained as lists_before,
        coalesce(last_value(
            case when signal in ('play', 'heartbeat') then true
                when signal in ('pause', 'ended', 'initialized') then false
            end
            ignore nulls
        ) over (chained rows between unbounded preceding and 1 preceding), false) as was_running
    from {{ ref('int_video_view_signals') }}
    window chained as (partition by viewing_key, view_number, chain order by place)

),

states as (

    select
        *,
        case
            when chain <> 'signals' or signal in ('pause', 'ended', 'initialized') then false
            when signal in ('play', 'heartbeat') then true
            else was_running
        end as is_running,
        -- A pair names one second twice: its end counts only where its start was lost.
        chain = 'pairs' and not coalesce(
            signal = 'segment_end' and previous_signal = 'segment_start' and previous_position = position_seconds, false
        ) as is_watched_second,
        -- A sign of life says how far the player came; a start says so only where it agrees with the clock.
        coalesce(next_signal not in ('play', 'initialized') and next_position >= resumes_at_seconds, false)
            as is_reached,
        coalesce({{ agree('next_position - resumes_at_seconds', 'seconds_to_next') }}, false) as is_agreed,
        coalesce(was_running and signal <> 'seek' and (
            (signal not in ('play', 'initialized') and position_seconds >= previous_resumes_at)
            or {{ agree('position_seconds - previous_resumes_at', 'seconds_before * rate_before') }}
        ), false) as is_going_on
    from neighbours

),

measured as (

    select
        *,
        case when is_watched_second then position_seconds when is_running then resumes_at_seconds end as from_seconds,
        case
            when is_watched_second then position_seconds + 1
            when is_running and (is_reached or is_agreed) then next_position
            when is_running then resumes_at_seconds + least({{ heartbeat }}, coalesce(seconds_to_next, {{ heartbeat }}))
        end as to_seconds,
        is_running and (is_reached or is_agreed) as is_told
    from states

),

int_video_intervals as (

    select
        *,
        case
            when is_watched_second
                then coalesce(previous_position + 1 <> position_seconds or seconds_before > 1 + {{ stall }}, true)
            when is_running
                then not is_going_on
                    or lists_so_far > lists_before  -- it may have come without a position
                    or seconds_before * rate_before > position_seconds - previous_resumes_at + {{ stall }} * rate_before
            else false
        end as is_jump,
        case
            when is_told and is_agreed
                and (not is_reached or seconds_to_next > {{ silence }})
                and (to_seconds - from_seconds > {{ heartbeat }} or seconds_to_next > {{ silence }})
                then to_seconds - from_seconds
        end as inferred_seconds,
        -- On the clock it plays as long as the stretch takes, and stalls five minutes at most.
        case
            when is_watched_second then 1
            when is_told
                then least(seconds_to_next / rate, (to_seconds - from_seconds) / rate + {{ stall }})
            when is_running then (to_seconds - from_seconds) / rate
        end as playing_seconds
    from measured

)

select
    viewing_key,
    view_number,
    place,
    chain,
    day,
    event_time,
    signal,
    position_seconds,
    resumes_at_seconds,
    duration_seconds,
    played_segments,
    from_seconds,
    to_seconds,
    case when is_told or is_watched_second then to_seconds else from_seconds end as sure_to_seconds,
    inferred_seconds,
    playing_seconds,
    {{ number_from('is_jump', partition='viewing_key, view_number, chain', order='place') }} as run_number
from int_video_intervals
