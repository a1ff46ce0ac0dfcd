{{ config(materialized='ephemeral') }}

with

-- One day beyond the days that views are replaced for, on both sides: a view that is not cut lasts half a day at most.
signals as (

    select
        event_id,
        day,
        event_time,
        viewing_key,
        signal,
        is_segment,
        is_start,
        position_seconds,
        resumes_at_seconds,
        duration_seconds,
        playback_rate,
        played_segments,
        case when is_segment then coalesce(position_seconds, -1) else -1 end as pair_order,
        -- Players send several signals in one instant: they stop, jump and start again, in this order.
        {{ whole_number("
            case signal
                when 'initialized' then 0 when 'pause' then 2 when 'ended' then 3 when 'seek' then 4 when 'play' then 5
                when 'segment_start' then 8 when 'segment_end' then 9 else 1
            end
        ") }} as signal_order
    from {{ ref('int_video_signals') }}
    where {{ in_days('day', before=2, after=2) }}

),

-- Few instants have a start and a stop: grouping finds them for less than a window over all signals costs.
starts_and_stops as (

    select
        viewing_key,
        event_time
    from signals
    where signal in ('play', 'pause', 'ended')
    group by viewing_key, event_time
    having min(case when signal = 'play' then 1 else 0 end) < max(case when signal = 'play' then 1 else 0 end)

),

states as (

    select
        signals.viewing_key,
        signals.event_time,
        starts_and_stops.event_time is not null as is_both,
        last_value(
            case
                when starts_and_stops.event_time is not null or signals.resumes_at_seconds is null then null
                when signals.signal in ('play', 'heartbeat') then true
                when signals.signal in ('pause', 'ended', 'initialized') then false
            end
            ignore nulls
        ) over (
            partition by signals.viewing_key
            order by signals.event_time, signals.pair_order, signals.signal_order, signals.event_id
            rows between unbounded preceding and 1 preceding
        ) as was_running_before
    from signals
    left join starts_and_stops
        on signals.viewing_key = starts_and_stops.viewing_key
            and signals.event_time = starts_and_stops.event_time
    where signals.viewing_key in (select instants.viewing_key from starts_and_stops as instants)

),

-- Unless the player stood still before: then it starts and stops within the instant (whole-second clocks).
standing as (

    select
        viewing_key,
        event_time
    from states
    where is_both
    group by viewing_key, event_time
    having not {{ any_true('coalesce(was_running_before, false)') }}

),

ordered as (

    select
        signals.*,
        case
            when standing.event_time is not null and signals.signal in ('pause', 'ended')
                then signals.signal_order + 4
            else signals.signal_order
        end as final_order
    from signals
    left join standing
        on signals.viewing_key = standing.viewing_key
            and signals.event_time = standing.event_time

),

-- The one order of a viewer's signals: every later model goes by `place`.
int_video_ordered_signals as (

    select
        *,
        row_number() over viewing as place,
        coalesce(
            {{ seconds_between('lag(event_time) over viewing', 'event_time') }} > {{ var('view_gap_seconds') }}, false
        ) as is_silence
    from ordered
    window viewing as (partition by viewing_key order by event_time, pair_order, final_order, event_id)

)

select * from int_video_ordered_signals
