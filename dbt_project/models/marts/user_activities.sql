{# A view, so that a new roster changes all of history at once. #}
{{ config(materialized='view') }}

with

activities as (

    select * from {{ ref('fact_activities') }}

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
        activities.happened_at,
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
