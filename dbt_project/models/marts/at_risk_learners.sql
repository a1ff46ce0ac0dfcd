{# As of the last day with any event: a platform that stands still must not declare everybody at risk. #}
with

users as (

    select * from {{ ref('users') }}

),

as_of as (

    select max(last_local_day) as as_of_day from users

),

progress as (

    select * from {{ ref('int_lesson_states') }}

),

map_size as (

    select count(*) as lessons from {{ ref('lesson_versions') }}
    where is_current

),

-- The course is the lesson map; without a map it is every lesson that anybody has opened.
course as (

    select lesson_id from {{ ref('lessons') }}
    where is_mapped
    union distinct
    select lessons.lesson_id from {{ ref('lessons') }} as lessons
    cross join map_size
    where map_size.lessons = 0

),

course_size as (

    select count(*) as lessons from course

),

taken as (

    select
        progress.person_key,
        count(*) as lessons_started,
        count(progress.completed_at) as lessons_completed,
        {{ latest("case when progress.completed_at is null then progress.lesson_id end",
            by="case when progress.completed_at is null then progress.started_at end") }} as open_lesson_id
    from progress
    inner join course
        on progress.lesson_id = course.lesson_id
    group by progress.person_key

),

at_risk_learners as (

    select
        users.person_id,
        users.full_name,
        users.email,
        users.cohort,
        as_of.as_of_day,
        users.last_seen_at,
        users.last_local_day,
        {{ days_between('users.last_local_day', 'as_of.as_of_day') }} as days_silent,
        taken.lessons_started,
        taken.lessons_completed,
        course_size.lessons as lessons_in_course,
        taken.open_lesson_id,
        versions.lesson_number as open_lesson_number,
        versions.lesson_name as open_lesson_name
    from users
    cross join as_of
    cross join course_size
    inner join taken
        on users.person_key = taken.person_key
    left join {{ ref('lesson_versions') }} as versions
        on taken.open_lesson_id = versions.lesson_id
            and versions.is_current
    where taken.lessons_completed < course_size.lessons
        and {{ days_between('users.last_local_day', 'as_of.as_of_day') }} >= {{ var('at_risk_days') }}

)

select * from at_risk_learners
