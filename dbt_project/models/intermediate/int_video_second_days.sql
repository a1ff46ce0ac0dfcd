{{ built_by_day(before=1, after=1) }}

with

stretches as (

    select * from {{ ref('int_video_stretches') }}
    where {{ in_days('day') }}
        and to_seconds > from_seconds

),

-- A second t is watched where from <= t < to. Only the seconds where the number of viewers changes are kept.
changes as (

    select
        day,
        video_id,
        ceil(from_seconds) as video_second,
        1 as watched_change,
        0 as unique_change
    from stretches

    union all

    select
        day,
        video_id,
        ceil(to_seconds) as video_second,
        -1 as watched_change,
        0 as unique_change
    from stretches

    union all

    select
        day,
        video_id,
        ceil(new_from_seconds) as video_second,
        0 as watched_change,
        1 as unique_change
    from stretches
    where new_from_seconds is not null

    union all

    select
        day,
        video_id,
        ceil(to_seconds) as video_second,
        0 as watched_change,
        -1 as unique_change
    from stretches
    where new_from_seconds is not null

),

totals as (

    select
        day,
        video_id,
        {{ whole_number('video_second') }} as video_second,
        {{ total('watched_change') }} as watched_change,
        {{ total('unique_change') }} as unique_change
    from changes
    group by day, video_id, video_second

),

int_video_second_days as (

    select * from totals
    where watched_change <> 0
        or unique_change <> 0

)

select * from int_video_second_days
