{# A view: who is who is joined when it is read, so that a new roster changes all of history at once. #}
{{ config(materialized='view') }}

with

facts as (

    select * from {{ ref('fact_sessions') }}

),

users as (

    select * from {{ ref('users') }}

),

sessions as (

    select
        facts.session_key,
        facts.session_id,
        facts.actor_key,
        persons.person_id,
        users.cohort,
        facts.day,
        facts.local_day,
        facts.started_at,
        facts.ended_at,
        facts.duration_seconds,
        facts.events,
        facts.actions,
        facts.requests,
        facts.errors,
        facts.is_cut
    from facts
    left join {{ ref('person_identifiers') }} as persons
        on facts.actor_key = persons.identifier
    left join users
        on persons.person_id = users.person_id

)

select * from sessions
