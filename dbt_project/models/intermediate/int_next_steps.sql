{{ config(materialized='view') }}

with

activities as (

    select
        actor_key,
        happened_at,
        case source when 'xapi' then 'lesson' when 'telemetry' then 'page' else 'video' end as what,
        subject
    from {{ ref('fact_activities') }}
    where source in ('xapi', 'telemetry', 'video')
        and activity <> 'answered'

),

deleted as (

    select distinct conversation_id
    from {{ ref('int_conversation_days') }}
    where is_deleted

),

topics as (

    select distinct
        conversation_id,
        label
    from {{ ref('int_chat_label_days') }}
    where kind = 'topic'
        and conversation_id not in (select deleted.conversation_id from deleted)

),

chats as (

    select
        exchanges.actor_key,
        exchanges.exchanged_at as happened_at,
        'chat' as what,
        topics.label as subject
    from {{ ref('fact_exchanges') }} as exchanges
    -- A conversation may have several topics: people are counted once for each.
    left join topics
        on exchanges.conversation_id = topics.conversation_id

),

answers as (

    select
        actor_key,
        responded_at as happened_at,
        'wrong answer' as what,
        coalesce(question, card_id) as subject
    from {{ ref('fact_responses') }}
    where not is_correct

),

steps as (

    select * from activities
    union all
    select * from chats
    union all
    select * from answers

)

select
    persons.person_id,
    steps.happened_at,
    {{ hour_number('steps.happened_at') }} as hour_bucket,
    steps.what,
    steps.subject
from steps
inner join {{ ref('int_persons') }} as persons
    on steps.actor_key = persons.identifier
where steps.happened_at is not null
