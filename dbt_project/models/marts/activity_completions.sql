{# A view: names and cohorts are joined when it is read. #}
{{ config(materialized='view') }}

with

activity_completions as (

    select
        users.person_id,
        users.full_name,
        users.email,
        users.cohort,
        states.activity_url as activity_id,
        states.activity_type,
        states.activity_name,
        states.course_url as course_id,
        states.started_at,
        {{ local_day('states.started_at') }} as started_local_day,
        states.last_at,
        states.completed_at,
        {{ local_day('states.completed_at') }} as completed_local_day,
        states.completion_rule,
        states.success,
        states.score_scaled,
        states.attempts
    from {{ ref('int_activity_states') }} as states
    inner join {{ ref('users') }} as users
        on states.person_key = users.person_key

)

select * from activity_completions
