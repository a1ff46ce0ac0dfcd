{{ config(materialized='ephemeral') }}

with

-- One day beyond the days that views are replaced for, on both sides: a view that is not cut lasts half a day at most.
signals as (

    select
        *,
        case when is_segment then coalesce(position_seconds, -1) else -1 end as pair_order,
        -- Players send several signals in one instant: they stop, jump and start again, in this order.
        {{ whole_number("
            case signal
                when 'initialized' then 0 when 'pause' then 2 when 'ended' then 3 when 'seek' then 4 when 'play' then 5
                when 'segment_start' then 8 when 'segment_end' then 9 else 1
            end
        ") }} as signal_order,
        max(case when signal = 'play' then 1 else 0 end) over (partition by viewing_key, event_time)
        + max(case when signal in ('pause', 'ended') then 1 else 0 end)
            over (partition by viewing_key, event_time)
        > 1 as is_both
    from {{ ref('int_video_signals') }}
    where {{ in_days('day', before=2, after=2) }}

),

-- Unless the player stood still before: then it starts and stops within the instant (whole-second clocks).
states as (

    select
        *,
        last_value(
            case when is_both or resumes_at_seconds is null then null when signal in ('play', 'heartbeat') then true
                when signal in ('pause', 'ended', 'initialized') then false
            end
            ignore nulls
        ) over (
            partition by viewing_key order by event_time, pair_order, signal_order, event_id
            rows between unbounded preceding and 1 preceding
        ) as was_running_before
    from signals

),

ordered as (

    select
        *,
        case
            when is_both and signal in ('pause', 'ended') and not coalesce(was_running_before, false)
                then signal_order + 4
            else signal_order
        end as final_order
    from states

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
