with

person_days as (

    {{ days_of_people('int_question_person_days') }}

),

int_person_questions as (

    select
        question_key,
        person_key,
        {{ any_true('has_answered') }} as has_answered
    from person_days
    group by question_key, person_key

)

select * from int_person_questions
