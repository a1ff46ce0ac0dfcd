{{ config(materialized='ephemeral') }}

with

before as (

    select
        *,
        resumes_at_seconds is not null and not is_segment as is_positioned,
        last_value(case when is_silence then coalesce(playback_rate, 1) else playback_rate end ignore nulls)
            over earlier as rate_before,
        last_value(case when not is_segment then resumes_at_seconds end ignore nulls) over earlier as resumes_before,
        last_value(case when not is_segment and resumes_at_seconds is not null then event_time end ignore nulls)
            over earlier as positioned_before,
        last_value(
            case when resumes_at_seconds is null then null when signal in ('play', 'heartbeat') then true
                when signal in ('pause', 'ended', 'initialized') then false
            end
            ignore nulls
        ) over earlier as was_running,
        last_value(case when signal = 'ended' then true when is_start or is_silence then false end ignore nulls)
            over earlier as is_after_end
    from {{ ref('int_video_ordered_signals') }}
    window earlier as (partition by viewing_key order by place rows between unbounded preceding and 1 preceding)

),

-- A silence is no end where the player was running and its next position agrees with the clock; of signals without a
-- position, the next one that has one decides.
bridges as (

    select
        *,
        first_value(
            case when is_positioned then coalesce(
                        was_running
                        and {{ seconds_between('positioned_before', 'event_time') }} <= 43200
                        and {{ agree(
                    'position_seconds - resumes_before',
                    seconds_between('positioned_before', 'event_time') ~ ' * coalesce(rate_before, 1)'
                ) }}, false
                    )
            end
            ignore nulls
        ) over (
            partition by viewing_key order by place rows between current row and unbounded following
        ) as is_bridged
    from before

),

-- What follows an end and starts nothing, as a player's pause after its ended, still belongs to the view.
int_video_view_signals as (

    select
        *,
        sum(case
            when is_silence and (is_after_end or not coalesce(is_bridged, false)) then 1
            when is_after_end and is_start and not is_silence then 1
            else 0
        end) over (partition by viewing_key order by place rows between unbounded preceding and current row)
            as view_number
    from bridges

)

-- Pairs, other signals and what has no position are read apart from each other: none of them ends another's stretch.
select
    viewing_key,
    view_number,
    place,
    day,
    event_time,
    video_id,
    actor_key,
    session_id,
    signal,
    case when resumes_at_seconds is null then 'none' when is_segment then 'pairs' else 'signals' end as chain,
    position_seconds,
    resumes_at_seconds,
    duration_seconds,
    playback_rate,
    played_segments
from int_video_view_signals
