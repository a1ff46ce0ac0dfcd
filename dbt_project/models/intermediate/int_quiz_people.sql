{{ config(materialized='ephemeral') }}

with

quiz_days as (

    select
        quiz_days.*,
        coalesce(merged.person_key, quiz_days.identifier_key) as person_key
    from {{ ref('int_quiz_person_days') }} as quiz_days
    left join {{ ref('person_identifiers') }} as merged
        on quiz_days.identifier_key = merged.identifier_key
            and merged.identifier_key <> merged.person_key

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
        {{ any_true('place = 1 and is_first_right') }} as is_first_right,
        {{ total('attempts') }} as attempts,
        {{ whole_number('min(attempts_before + attempts_to_right)') }} as attempts_to_right
    from placed
    group by question_key, person_key

),

-- The median is the mean of the one or two middle places.
int_quiz_people as (

    select
        *,
        row_number() over (
            partition by question_key
            order by case when attempts_to_right is null then 1 else 0 end, attempts_to_right, person_key
        ) as place,
        count(attempts_to_right) over (partition by question_key) as people_right
    from people

)

select * from int_quiz_people
