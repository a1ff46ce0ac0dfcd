{{ built_by_day(after=var('repeat_days')) }}

with

attempts as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and is_answer
        and is_correct is not null

),

placed as (

    select
        *,
        row_number() over (
            partition by day, question_key, identifier_key order by event_time, statement_id
        ) as attempt
    from attempts

),

int_quiz_person_days as (

    select
        day,
        question_key,
        identifier_key,
        min(event_time) as first_at,
        {{ any_true('attempt = 1 and is_correct') }} as is_first_right,
        count(*) as attempts,
        min(case when is_correct then attempt end) as attempts_to_right
    from placed
    group by day, question_key, identifier_key

)

select * from int_quiz_person_days
