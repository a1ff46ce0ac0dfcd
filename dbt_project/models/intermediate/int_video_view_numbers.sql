{{ config(materialized='ephemeral') }}
{% set last_positioned = 'last_value(case when is_positioned then event_time end ignore nulls) over earlier' %}

with

-- Most viewers watch once, at one speed, and tell no list: the windows below would say nothing of them.
eventful as (

    select viewing_key
    from {{ ref('int_video_ordered_signals') }}
    group by viewing_key
    having max(case when is_silence or playback_rate <> 1 or played_segments is not null then 1 else 0 end) = 1
        or max(place) > min(case when signal = 'ended' then place end)

),

ends as (

    select
        *,
        resumes_at_seconds is not null and not is_segment as is_positioned,
        last_value(case when signal = 'ended' then true when is_start or is_silence then false end ignore nulls)
            over earlier as is_after_end
    from {{ ref('int_video_ordered_signals') }}
    where viewing_key in (select eventful.viewing_key from eventful)
    window earlier as (partition by viewing_key order by place rows between unbounded preceding and 1 preceding)

),

-- A speed holds until another is told, the view ends or an hour passes; it may be told without a position.
rates as (

    select
        *,
        coalesce(last_value(
            case when is_silence or (is_after_end and is_start) then coalesce(playback_rate, 1) else playback_rate end
            ignore nulls
        ) over so_far, 1) as rate
    from ends
    window so_far as (partition by viewing_key order by place rows between unbounded preceding and current row)

),

-- Where a player stood before a silence, of the few viewers who were silent for an hour.
before as (

    select
        *,
        last_value(case when is_positioned then rate end ignore nulls) over earlier as rate_before,
        last_value(case when is_positioned then resumes_at_seconds end ignore nulls) over earlier as resumes_before,
        {{ seconds_between(last_positioned, 'event_time') }} as seconds_silent
    from rates
    where viewing_key in (
            select silent.viewing_key from rates as silent
            where silent.is_silence
        )
    window earlier as (partition by viewing_key order by place rows between unbounded preceding and 1 preceding)

),

-- Of signals without a position, the next one that has one decides.
agreements as (

    select
        *,
        coalesce(first_value(
            case
                when is_positioned
                    then coalesce(seconds_silent <= 43200 and {{ agree(
                        'position_seconds - resumes_before', 'seconds_silent * rate_before'
                    ) }}, false)
            end
            ignore nulls
        ) over ahead, false) as is_agreed
    from before
    window ahead as (partition by viewing_key order by place rows between current row and unbounded following)

),

-- A silence is no end where the player was running and its next position agrees with the clock. A new view's player
-- stands still, whatever the one before it did.
bridges as (

    select
        *,
        is_agreed and last_value(
            case when resumes_at_seconds is not null and signal in ('play', 'heartbeat') then true
                when resumes_at_seconds is not null and signal in ('pause', 'ended', 'initialized') then false
                when (is_after_end and (is_start or is_silence)) or (is_silence and not is_agreed) then false
            end
            ignore nulls
        ) over earlier as is_bridged
    from agreements
    window earlier as (partition by viewing_key order by place rows between unbounded preceding and 1 preceding)

),

-- What follows an end and starts nothing, as a player's pause after its ended, still belongs to the view.
int_video_view_numbers as (

    select
        rates.viewing_key,
        rates.place,
        {{ number_from(
            '(rates.is_silence and (rates.is_after_end or bridges.place is null))'
            ~ ' or (rates.is_after_end and rates.is_start and not rates.is_silence)',
            partition='rates.viewing_key', order='rates.place'
        ) }} as view_number,
        rates.rate,
        {{ number_from('rates.played_segments is not null', partition='rates.viewing_key', order='rates.place') }}
            as lists_so_far
    from rates
    left join bridges
        on rates.viewing_key = bridges.viewing_key
            and rates.place = bridges.place
            and bridges.is_bridged

)

select * from int_video_view_numbers
