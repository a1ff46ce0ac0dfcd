with

courses as (

    select
        course_id,
        count(*) as lessons_in_course,
        -- The map lists its lessons, and a lesson that is its own course is the only one.
        course_id = 'map' or (count(*) = 1 and max(lesson_id) = course_id) as is_list_known
    from {{ ref('lesson_courses') }}
    group by course_id

),

lessons_taken as (

    select
        states.person_key,
        lesson_courses.course_id,
        min(states.started_at) as started_at,
        max(states.last_at) as last_at,
        count(*) as lessons_started,
        count(states.completed_at) as lessons_completed,
        max(states.completed_at) as last_completed_at
    from {{ ref('int_lesson_states') }} as states
    inner join {{ ref('lesson_courses') }} as lesson_courses
        on states.lesson_id = lesson_courses.lesson_id
    group by states.person_key, lesson_courses.course_id

),

-- What is named as a course, or is one by its type.
course_ids as (

    select course_id from courses
    union distinct
    select course_url as course_id from {{ ref('known_activities') }}
    union distinct
    select activity_url as course_id from {{ ref('known_activities') }}
    where {{ ends_with('activity_type', 'course') }}

),

courses_told as (

    select * from {{ ref('int_activity_states') }}
    where activity_url in (select course_ids.course_id from course_ids)

),

taken as (

    select
        coalesce(lessons_taken.person_key, courses_told.person_key) as person_key,
        coalesce(lessons_taken.course_id, courses_told.activity_url) as course_id,
        {{ earliest_of(['lessons_taken.started_at', 'courses_told.started_at']) }} as started_at,
        {{ greater_of('lessons_taken.last_at', 'courses_told.last_at') }} as last_at,
        coalesce(lessons_taken.lessons_started, 0) as lessons_started,
        coalesce(lessons_taken.lessons_completed, 0) as lessons_completed,
        lessons_taken.last_completed_at,
        courses_told.completed_at as signalled_at,
        courses_told.success,
        courses_told.score_scaled,
        courses_told.attempts
    from lessons_taken
    full outer join courses_told
        on lessons_taken.person_key = courses_told.person_key
            and lessons_taken.course_id = courses_told.activity_url

),

course_states as (

    select
        taken.*,
        coalesce(courses.lessons_in_course, 0) as lessons_in_course,
        case
            when courses.is_list_known and taken.lessons_completed = courses.lessons_in_course
                then taken.last_completed_at
        end as all_lessons_at
    from taken
    left join courses
        on taken.course_id = courses.course_id

),

course_progress as (

    select
        users.person_id,
        users.full_name,
        users.email,
        users.cohort,
        course_states.course_id,
        activities.activity_name as course_name,
        course_states.started_at,
        course_states.last_at,
        course_states.lessons_started,
        course_states.lessons_completed,
        course_states.lessons_in_course,
        coalesce(course_states.signalled_at, course_states.all_lessons_at) as completed_at,
        {{ local_day('coalesce(course_states.signalled_at, course_states.all_lessons_at)') }} as completed_local_day,
        case
            when course_states.signalled_at is not null then 'signalled'
            when course_states.all_lessons_at is not null then 'every lesson completed'
        end as completion_rule,
        course_states.success,
        course_states.score_scaled,
        course_states.attempts
    from course_states
    inner join {{ ref('users') }} as users
        on course_states.person_key = users.person_key
    left join {{ ref('known_activities') }} as activities
        on course_states.course_id = activities.activity_url

)

select * from course_progress
