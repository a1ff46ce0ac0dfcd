{# A view, so that a new roster changes all of history at once. #}
{{ config(materialized='view') }}

with

engagement as (

    select * from {{ ref('fact_engagement') }}

),

users as (

    select * from {{ ref('users') }}

),

user_engagement_daily as (

    select
        users.person_id,
        users.cohort,
        engagement.local_day,
        engagement.visits,
        engagement.events,
        engagement.actions,
        engagement.requests,
        engagement.errors,
        engagement.ai_runs,
        engagement.engaged_seconds,
        engagement.first_at,
        engagement.last_at
    from engagement
    inner join users
        on engagement.person_key = users.person_key

)

select * from user_engagement_daily
