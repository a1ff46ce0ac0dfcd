{# A view: names, cohorts and lessons are joined when it is read. #}
{{ config(materialized='view') }}

with

first_tries as (

    select
        users.person_id,
        users.full_name,
        users.cohort,
        questions.question_id,
        questions.lesson_id,
        questions.lesson_number,
        questions.card_id,
        questions.activity_id,
        questions.question,
        tries.first_tried_at,
        {{ local_day('tries.first_tried_at') }} as first_tried_local_day,
        tries.is_first_right,
        tries.attempts,
        tries.attempts_to_right
    from {{ ref('fact_first_tries') }} as tries
    inner join {{ ref('users') }} as users
        on tries.person_key = users.person_key
    inner join {{ ref('questions') }} as questions
        on tries.question_key = questions.question_key

)

select * from first_tries
