{{ config(meta={'dagster': {'ref': {'name': 'user_responses'}}}) }}

-- Each day's answers are its answered statements: none lost on the way through people, lessons and exports, none twice.
with

expected as (

    select
        day,
        count(*) as answers
    from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and is_answer
    group by day

),

found as (

    select
        day,
        count(*) as answers
    from {{ ref('user_responses') }}
    where {{ in_days('day') }}
        and source in ('xapi', 'both')
    group by day

)

select
    coalesce(expected.day, found.day) as day,
    expected.answers as answers_expected,
    found.answers as answers_found
from expected
full outer join found
    on expected.day = found.day
where coalesce(expected.answers, 0) <> coalesce(found.answers, 0)
