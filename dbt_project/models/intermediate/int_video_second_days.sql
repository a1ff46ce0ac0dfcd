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

    {{ second_change('stretches', 'ceil(from_seconds)', watched='times') }}
    union all
    {{ second_change('stretches', 'ceil(to_seconds)', watched='-times') }}
    union all
    {{ second_change('stretches', 'ceil(new_from_seconds)', uniquely='1') }}
    union all
    {{ second_change('stretches', 'ceil(case when new_from_seconds is not null then to_seconds end)', uniquely='-1') }}
    union all
    {{ second_change('leaps', 'ceil(leapt_from_seconds)', skipped='1') }}
    union all
    {{ second_change('leaps', 'ceil(from_seconds)', skipped='-1') }}
    union all
    {{ second_change('heads', 'floor(last_seconds)', exits='1') }}
    union all
    {{ second_change('heads', 'floor(furthest_before_seek_seconds)', ends='1') }}

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
    where place is not null
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
