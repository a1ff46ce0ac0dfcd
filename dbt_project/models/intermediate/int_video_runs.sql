{{ built_by_day(before=1, after=1) }}

with

runs as (

    select
        viewing_key,
        view_number,
        day,
        chain,
        run_number,
        min(place) as first_place,
        min(event_time) as first_at,
        max(event_time) as last_at,
        max(duration_seconds) as told_seconds,
        max(case chain
            when 'pairs' then position_seconds + 1
            when 'signals' then greatest(coalesce(position_seconds, 0), resumes_at_seconds)
        end) as furthest_seconds,
        min(from_seconds) as from_seconds,
        max(to_seconds) as to_seconds,
        max(sure_to_seconds) as sure_to_seconds,
        coalesce(sum(inferred_seconds), 0) as inferred_seconds,
        min(case when from_seconds is not null then place end) as from_place,
        min(case when from_seconds is not null then {{ microseconds('event_time') }} end) as playing_from,
        max({{ microseconds('event_time') }} + {{ whole_number('round(playing_seconds * 1e6)') }}) as playing_to,
        {{ latest('played_segments', by='place') }} as played_segments,
        max(case when played_segments is not null then place end) as list_place,
        max(case when played_segments is not null then event_time end) as list_at,
        {{ of_latest('position_seconds', by='case when played_segments is not null then place end') }} as list_position,
        min(case when {{ is_real_seek() }} then place end) as seek_place,
        {{ earliest("case when " ~ is_real_seek() ~ " then coalesce(position_seconds, 0) end", by='place') }}
            as seek_from_seconds
    from {{ ref('int_video_intervals') }}
    group by viewing_key, view_number, day, chain, run_number

),

-- A player that runs for more than half a day is a machine. It is cut at midnight, so that how far one day's events
-- can reach stays bounded and a day can be built alone.
pieces as (

    select
        *,
        case
            when {{ seconds_between('min(first_at) over viewed', 'max(last_at) over viewed') }} > 43200
                then min(first_at) over (partition by viewing_key, view_number, day)
            else min(first_at) over viewed
        end as view_started_at
    from runs
    window viewed as (partition by viewing_key, view_number)

),

neighbours as (

    select
        *,
        lag(to_seconds) over viewed as to_before,
        lag(sure_to_seconds) over viewed as sure_to_before,
        lead(playing_from) over viewed as plays_next_from,
        max(case when chain = 'pairs' and from_seconds is not null then 1 else 0 end)
            over (partition by viewing_key, view_started_at) as has_pairs,
        min(first_place) over (partition by viewing_key, view_started_at) as view_first_place
    from pieces
    window viewed as (
        partition by viewing_key, view_started_at, chain
        order by case when from_seconds is null then 1 else 0 end, from_place
    )

),

int_video_runs as (

    select
        neighbours.*,
        viewings.video_id,
        viewings.actor_key,
        viewings.session_id,
        from_seconds is not null and chain = case when has_pairs = 1 then 'pairs' else 'signals' end as is_counted,
        -- Going on more than a second from where it stopped; a believed end may have been any second before it.
        case when from_seconds < sure_to_before - 1 or from_seconds > to_before + 1 then to_before end
            as leapt_from_seconds
    from neighbours
    inner join {{ ref('int_video_viewings') }} as viewings
        on neighbours.viewing_key = viewings.viewing_key

)

select
    {{ made_id(['viewing_key', microseconds('view_started_at')]) }} as view_id,
    {{ utc_day('view_started_at') }} as day,
    view_started_at,
    viewing_key,
    video_id,
    actor_key,
    session_id,
    chain,
    first_at,
    last_at,
    told_seconds,
    furthest_seconds,
    from_seconds,
    to_seconds,
    sure_to_seconds,
    inferred_seconds,
    is_counted,
    leapt_from_seconds,
    from_place - view_first_place as from_place,
    playing_from,
    case when from_seconds is not null then least(playing_to, coalesce(plays_next_from, playing_to)) end as playing_to,
    played_segments,
    list_place - view_first_place as list_place,
    list_at,
    list_position,
    seek_place - view_first_place as seek_place,
    seek_from_seconds
from int_video_runs
where {{ in_days(utc_day('view_started_at')) }}
