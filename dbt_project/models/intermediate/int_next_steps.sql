{{ config(materialized='view') }}

with

activities as (

    select
        person_id,
        happened_at,
        case source when 'xapi' then 'lesson' when 'telemetry' then 'page' else 'video' end as what,
        subject
    from {{ ref('user_activities') }}
    where source in ('xapi', 'telemetry', 'video')
        and activity <> 'answered'

),

chats as (

    select
        persons.person_id,
        exchanges.exchanged_at as happened_at,
        'chat' as what,
        topics.value as subject
    from {{ ref('fact_exchanges') }} as exchanges
    inner join {{ ref('person_identifiers') }} as persons
        on exchanges.actor_key = persons.identifier
    -- A conversation may have several topics: people are counted once for each.
    left join {{ ref('conversation_categories') }} as topics
        on exchanges.conversation_id = topics.conversation_id
            and topics.kind = 'topic'

),

answers as (

    select
        person_id,
        responded_at as happened_at,
        'wrong answer' as what,
        coalesce(question, card_id) as subject
    from {{ ref('user_responses') }}
    where not is_correct
        and responded_at is not null

),

steps as (

    select * from activities
    union all
    select * from chats
    union all
    select * from answers

)

select
    person_id,
    happened_at,
    {{ hour_number('happened_at') }} as hour_bucket,
    what,
    subject
from steps
where person_id is not null
