{{ config(meta={'dagster': {'ref': {'name': 'user_activities'}}}) }}

-- Each day's activities add up: answers, other statements that no player sent, exchanges, views and actions of people
-- who are known.
with

facts as (

    select day from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and (not is_video or is_answer)

    union all

    select day from {{ ref('exchanges') }}
    where {{ in_days('day') }}
        and actor_key is not null

    union all

    select day from {{ ref('video_views') }}
    where {{ in_days('day') }}
        and actor_key is not null

    union all

    select day from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day') }}
        and kind = 'action'
        and actor_key is not null

),

expected as (

    select
        day,
        count(*) as activities
    from facts
    group by day

),

found as (

    select
        day,
        count(*) as activities
    from {{ ref('user_activities') }}
    where {{ in_days('day') }}
    group by day

)

select
    coalesce(expected.day, found.day) as day,
    expected.activities as activities_expected,
    found.activities as activities_found
from expected
full outer join found
    on expected.day = found.day
where coalesce(expected.activities, 0) <> coalesce(found.activities, 0)
