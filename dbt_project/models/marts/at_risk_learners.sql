{# As of the last day with any event: a platform that stands still must not declare everybody at risk. #}
with

users as (

    select * from {{ ref('users') }}

),

as_of as (

    select max(last_local_day) as as_of_day from users

),

map_size as (

    select count(*) as lessons from {{ ref('lesson_versions') }}
    where is_current

),

-- The course is the lesson map; without a map it is every course that the person has started.
courses as (

    select
        course_progress.*,
        course_progress.completed_at is not null
        or (
            course_progress.lessons_in_course > 0
            and course_progress.lessons_completed = course_progress.lessons_in_course
        ) as is_finished
    from {{ ref('course_progress') }} as course_progress
    cross join map_size
    where map_size.lessons = 0
        or course_progress.course_id = 'map'

),

unfinished as (

    select
        person_id,
        {{ total('lessons_started') }} as lessons_started,
        {{ total('lessons_completed') }} as lessons_completed,
        {{ total('lessons_in_course') }} as lessons_in_course
    from courses
    where not is_finished
    group by person_id

),

open_lessons as (

    select
        states.person_key,
        {{ latest('states.lesson_id', by='states.started_at') }} as open_lesson_id
    from {{ ref('int_lesson_states') }} as states
    inner join users
        on states.person_key = users.person_key
    inner join courses
        on users.person_id = courses.person_id
            and states.course_id = courses.course_id
    where states.completed_at is null
        and not courses.is_finished
    group by states.person_key

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
        unfinished.lessons_started,
        unfinished.lessons_completed,
        unfinished.lessons_in_course,
        open_lessons.open_lesson_id,
        versions.lesson_number as open_lesson_number,
        versions.lesson_name as open_lesson_name
    from users
    cross join as_of
    inner join unfinished
        on users.person_id = unfinished.person_id
    left join open_lessons
        on users.person_key = open_lessons.person_key
    left join {{ ref('lesson_versions') }} as versions
        on open_lessons.open_lesson_id = versions.lesson_id
            and versions.is_current
    where {{ days_between('users.last_local_day', 'as_of.as_of_day') }} >= {{ var('at_risk_days') }}

)

select * from at_risk_learners
