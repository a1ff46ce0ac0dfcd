{# The rest of the lesson: the person's other questions of it that have a right answer, and how many of them were
   right at first. #}

with

quiz_days as (

    {{ days_of_people('int_quiz_person_days') }}

),

placed as (

    select
        *,
        row_number() over (partition by question_key, person_key order by first_at, identifier_key) as place,
        coalesce(
            sum(attempts) over (
                partition by question_key, person_key order by first_at, identifier_key
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as attempts_before
    from quiz_days

),

people as (

    select
        question_key,
        person_key,
        min(first_at) as first_tried_at,
        {{ any_true('place = 1 and is_first_right') }} as is_first_right,
        {{ total('attempts') }} as attempts,
        {{ whole_number('min(attempts_before + attempts_to_right)') }} as attempts_to_right
    from placed
    group by question_key, person_key

),

question_lessons as (

    select distinct
        question_days.question_key,
        lesson_places.lesson_id
    from {{ ref('int_question_days') }} as question_days
    left join {{ ref('lesson_places') }} as lesson_places
        on question_days.activity_url = lesson_places.activity_url

),

fact_first_tries as (

    select
        people.question_key,
        people.person_key,
        people.first_tried_at,
        people.is_first_right,
        people.attempts,
        people.attempts_to_right,
        count(*) over (partition by people.person_key, question_lessons.lesson_id) - 1 as other_cards,
        {{ whole_number(
            'sum(case when people.is_first_right then 1 else 0 end)'
            ~ ' over (partition by people.person_key, question_lessons.lesson_id)'
        ) }} - case when people.is_first_right then 1 else 0 end as others_right
    from people
    inner join question_lessons
        on people.question_key = question_lessons.question_key

)

select * from fact_first_tries
