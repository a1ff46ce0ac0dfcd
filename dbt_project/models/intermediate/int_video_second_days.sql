{{ built_by_day(before=1, after=1) }}

with

stretches as (

    select * from {{ ref('int_video_stretches') }}
    where {{ in_days('day') }}

),

heads as (

    select * from {{ ref('int_video_heads') }}
    where {{ in_days('day') }}

),

leaps as (

    select * from {{ ref('int_video_runs') }}
    where {{ in_days('day') }}
        and is_counted
        and leapt_from_seconds < from_seconds

),

-- A second t is watched where from <= t < to. Only the seconds where a number changes are kept.
changes as (

    select day, video_id, ceil(from_seconds) as place, times as watched, 0 as uniquely, 0 as skipped, 0 as exits, 0 as ends
    from stretches
    union all
    select day, video_id, ceil(to_seconds) as place, -times, 0, 0, 0, 0
    from stretches
    union all
    select day, video_id, ceil(new_from_seconds) as place, 0, 1, 0, 0, 0
    from stretches
    where new_from_seconds is not null
    union all
    select day, video_id, ceil(to_seconds) as place, 0, -1, 0, 0, 0
    from stretches
    where new_from_seconds is not null
    union all
    select day, video_id, ceil(leapt_from_seconds) as place, 0, 0, 1, 0, 0
    from leaps
    union all
    select day, video_id, ceil(from_seconds) as place, 0, 0, -1, 0, 0
    from leaps
    union all
    select day, video_id, floor(last_seconds) as place, 0, 0, 0, 1, 0
    from heads
    where last_seconds is not null
    union all
    select day, video_id, floor(furthest_before_seek_seconds) as place, 0, 0, 0, 0, 1
    from heads

),

totals as (

    select
        day,
        video_id,
        {{ whole_number('place') }} as video_second,
        {{ total('watched') }} as watched_change,
        {{ total('uniquely') }} as unique_change,
        {{ total('skipped') }} as skipped_change,
        {{ total('exits') }} as exits,
        {{ total('ends') }} as survivors_lost
    from changes
    group by day, video_id, place

),

int_video_second_days as (

    select * from totals
    where watched_change <> 0
        or unique_change <> 0
        or skipped_change <> 0
        or exits <> 0
        or survivors_lost <> 0

)

select * from int_video_second_days
