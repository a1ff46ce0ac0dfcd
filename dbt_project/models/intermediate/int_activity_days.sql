{# Names, courses and cmi5's moveOn: of each activity that a statement is on, and of each lesson that one counts for. #}
{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        -- A video counts for no lesson, and has a name all the same.
        and (activity_url is not null or object_url is not null)

),

-- Many statements say the same.
said as (

    select
        day,
        activity_url,
        case when not is_question then object_url end as object_url,
        case when not is_question then activity_type end as activity_type,
        case when not is_question then object_name end as activity_name,
        course_url,
        move_on,
        max(event_time) as last_at
    from statements
    group by
        day,
        activity_url,
        case when not is_question then object_url end,
        case when not is_question then activity_type end,
        case when not is_question then object_name end,
        course_url,
        move_on

),

activities as (

    select
        day,
        object_url as activity_url,
        activity_type,
        activity_name,
        course_url,
        move_on,
        last_at
    from said
    where object_url is not null
    union all
    select
        day,
        activity_url,
        cast(null as {{ engine_type('text') }}) as activity_type,
        cast(null as {{ engine_type('text') }}) as activity_name,
        course_url,
        cast(null as {{ engine_type('text') }}) as move_on,
        last_at
    from said
    where activity_url is not null
        and (object_url is null or object_url <> activity_url)

),

int_activity_days as (

    select
        day,
        activity_url,
        {{ latest_of('activity_type', by='last_at') }} as activity_type,
        {{ latest_of('activity_name', by='last_at') }} as activity_name,
        {{ latest_of('course_url', by='last_at') }} as course_url,
        {{ latest_of('move_on', by='last_at') }} as move_on,
        max(case when activity_type is not null then last_at end) as typed_at,
        max(case when activity_name is not null then last_at end) as named_at,
        max(case when course_url is not null then last_at end) as placed_at,
        max(case when move_on is not null then last_at end) as told_at
    from activities
    group by day, activity_url

)

select * from int_activity_days
