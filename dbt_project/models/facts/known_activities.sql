with

known_activities as (

    select
        activity_url,
        {{ latest_of('activity_type', by='typed_at') }} as activity_type,
        {{ latest_of('activity_name', by='named_at') }} as activity_name,
        {{ latest_of('course_url', by='placed_at') }} as course_url,
        {{ latest_of('move_on', by='told_at') }} as move_on
    from {{ ref('int_activity_days') }}
    group by activity_url

)

select * from known_activities
