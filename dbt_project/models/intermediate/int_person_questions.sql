{{ built_by_key(
    'person_key', inputs=['int_question_person_days', 'int_merged_identifiers'], type='bigint', people=true
) }}

with

person_days as (

    select
        person_days.question_key,
        coalesce(merged.person_key, person_days.identifier_key) as person_key,
        person_days.has_answered
    from {{ ref('int_question_person_days') }} as person_days
    left join {{ ref('int_merged_identifiers') }} as merged
        on person_days.identifier_key = merged.identifier_key
    where {{ is_touched_person('person_days.identifier_key') }}

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
