{# A view, so that a new roster changes all of history at once. #}
{{ config(materialized='view') }}

with

answers as (

    select
        'xapi' as source,
        statement_id as activity_id,
        day,
        local_day,
        responded_at as happened_at,
        actor_key,
        'answered' as activity,
        object_id as subject,
        received_at,
        clock_skewed
    from {{ ref('fact_responses') }}

),

activities as (

    select * from {{ ref('fact_activities') }}
    union all
    select * from answers

),

users as (

    select * from {{ ref('users') }}

),

user_activities as (

    select
        activities.source,
        activities.activity_id,
        activities.day,
        activities.local_day,
        {{ local_hour('activities.happened_at') }} as local_hour,
        activities.happened_at,
        activities.received_at,
        activities.clock_skewed,
        activities.actor_key,
        persons.person_id,
        users.cohort,
        activities.activity,
        activities.subject
    from activities
    left join {{ ref('person_identifiers') }} as persons
        on activities.actor_key = persons.identifier
    left join users
        on persons.person_id = users.person_id

)

select * from user_activities
