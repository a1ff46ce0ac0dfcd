{{ built_by_day(before=1, after=1) }}

with

runs as (

    select * from {{ ref('int_video_runs') }}
    where {{ in_days('day') }}

),

views as (

    select
        view_id,
        day,
        video_id,
        max(list_place) as list_place
    from runs
    group by view_id, day, video_id

),

-- A list of played segments says the same as the signals and more exactly; what came after the last one counts too.
stretches as (

    select
        views.view_id,
        views.day,
        views.video_id,
        runs.from_seconds,
        runs.to_seconds,
        {{ whole_number('1') }} as times,
        false as is_listed
    from runs
    inner join views
        on runs.view_id = views.view_id
    where runs.is_counted
        and runs.to_seconds > runs.from_seconds
        and (views.list_place is null or (runs.chain = 'signals' and runs.from_place >= views.list_place))

    union all

    select
        views.view_id,
        views.day,
        views.video_id,
        listed.from_seconds,
        listed.to_seconds,
        listed.times,
        true as is_listed
    from views
    inner join {{ ref('int_video_list_stretches') }} as listed
        on views.view_id = listed.view_id

),

numbered as (

    select
        *,
        row_number() over by_place as stretch_number,
        max(to_seconds) over (by_place rows between unbounded preceding and 1 preceding) as already_watched_to
    from stretches
    window by_place as (partition by view_id order by from_seconds, to_seconds, is_listed)

),

int_video_stretches as (

    select
        view_id,
        stretch_number,
        day,
        video_id,
        from_seconds,
        to_seconds,
        times,
        is_listed,
        case
            when already_watched_to is null or already_watched_to <= from_seconds then from_seconds
            when already_watched_to < to_seconds then already_watched_to
        end as new_from_seconds
    from numbered

)

select * from int_video_stretches
