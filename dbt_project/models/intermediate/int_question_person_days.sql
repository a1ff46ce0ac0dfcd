{{ built_by_day(after=var('repeat_days'), key='identifier_key') }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and card_id is not null

),

int_question_person_days as (

    select
        day,
        question_key,
        identifier_key,
        {{ any_true("verb = 'answered'") }} as has_answered
    from statements
    group by day, question_key, identifier_key

)

select * from int_question_person_days
