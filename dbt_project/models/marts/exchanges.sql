{# A view: who is who is joined when it is read, so that a new roster changes all of history at once. #}
{{ config(materialized='view') }}

with

facts as (

    select * from {{ ref('fact_exchanges') }}

),

users as (

    select * from {{ ref('users') }}

),

exchanges as (

    select
        facts.message_id,
        facts.conversation_id,
        facts.parent_message_id,
        facts.day,
        facts.local_day,
        facts.exchanged_at,
        facts.actor_key,
        persons.person_id,
        users.cohort,
        facts.app_id,
        facts.model_provider,
        facts.model_id,
        facts.language,
        facts.tier,
        facts.status,
        facts.query_tokens,
        facts.answer_tokens,
        facts.total_price,
        facts.currency,
        facts.latency_seconds,
        facts.is_agent_based,
        facts.is_regenerated,
        facts.has_error,
        facts.is_handed_over
    from facts
    left join {{ ref('person_identifiers') }} as persons
        on facts.actor_key = persons.identifier
    left join users
        on persons.person_id = users.person_id

)

select * from exchanges
