{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and card_id is not null

),

int_question_person_days as (

    select
        day,
        {{ fingerprint(['lesson_url', 'card_id']) }} as question_key,
        {{ fingerprint(['actor_key']) }} as identifier_key,
        {{ any_true("verb = 'answered'") }} as has_answered
    from statements
    group by day, question_key, identifier_key

)

select * from int_question_person_days
