{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and is_question

),

int_question_person_days as (

    select
        day,
        question_key,
        identifier_key,
        {{ any_true('is_answer') }} as has_answered
    from statements
    group by day, question_key, identifier_key

)

select * from int_question_person_days
