{{ built_by_day(before=1, after=1) }}

with

runs as (

    select
        *,
        max(actor_key) over viewing as view_actor_key,
        max(session_id) over viewing as view_session_id,
        max(ended_at) over viewing as view_ended_at,
        max(furthest_seconds) over viewing as view_furthest_seconds,
        max(duration_seconds) over viewing as view_duration_seconds,
        last_value(played_segments ignore nulls) over (
            viewing order by played_segments_at rows between unbounded preceding and unbounded following
        ) as view_played_segments,
        row_number() over (viewing order by started_at, from_seconds) as place
    from {{ ref('int_video_runs') }}
    where {{ in_days('day') }}
    window viewing as (partition by view_id)

),

-- A list of played segments says the same as the signals and more exactly: where there is one, it alone counts.
segments as (

    select
        runs.*,
        {{ number_or_null(dbt.split_part('segment', "'[.]'", 1)) }} as segment_from_seconds,
        {{ number_or_null(dbt.split_part('segment', "'[.]'", 2)) }} as segment_to_seconds
    from runs
    cross join {{ pieces('view_played_segments', '[,]', 'segment') }}
    where runs.place = 1

),

-- A view that watched nothing stays, with its one row.
stretches as (

    select
        view_id,
        day,
        video_id,
        view_actor_key as actor_key,
        view_session_id as session_id,
        view_started_at as started_at,
        view_ended_at as ended_at,
        view_duration_seconds as duration_seconds,
        view_furthest_seconds as furthest_seconds,
        from_seconds,
        to_seconds
    from runs
    where view_played_segments is null
        and (place = 1 or to_seconds > from_seconds)

    union all

    select
        view_id,
        day,
        video_id,
        view_actor_key as actor_key,
        view_session_id as session_id,
        view_started_at as started_at,
        view_ended_at as ended_at,
        view_duration_seconds as duration_seconds,
        greatest(coalesce(view_furthest_seconds, 0), coalesce(segment_to_seconds, 0)) as furthest_seconds,
        segment_from_seconds as from_seconds,
        segment_to_seconds as to_seconds
    from segments

),

-- Nothing is watched before the start, nor beyond the end where that is known.
clipped as (

    select
        *,
        case when from_seconds < 0 then 0 else least(from_seconds, coalesce(duration_seconds, from_seconds)) end
            as clipped_from,
        case when duration_seconds < to_seconds then duration_seconds else to_seconds end as clipped_to
    from stretches

),

-- Nor backwards: a stretch that ends where it began, or before, has no seconds.
watched as (

    select
        *,
        case when clipped_to > clipped_from then clipped_from end as watched_from,
        case when clipped_to > clipped_from then clipped_to end as watched_to
    from clipped

),

numbered as (

    select
        *,
        row_number() over by_place as stretch_number,
        max(watched_to) over (by_place rows between unbounded preceding and 1 preceding) as already_watched_to
    from watched
    window by_place as (partition by view_id order by watched_from is null, watched_from, watched_to)

),

int_video_stretches as (

    select
        view_id,
        stretch_number,
        day,
        video_id,
        actor_key,
        session_id,
        started_at,
        ended_at,
        duration_seconds,
        furthest_seconds,
        watched_from as from_seconds,
        watched_to as to_seconds,
        case
            when already_watched_to is null or already_watched_to <= watched_from then watched_from
            when already_watched_to < watched_to then already_watched_to
        end as new_from_seconds
    from numbered

)

select * from int_video_stretches
