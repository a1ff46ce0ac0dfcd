{{ config(meta={'dagster': {'ref': {'name': 'conversations'}}}) }}

-- Each exchange is in exactly one conversation, whether or not the conversation's own row came; deleted ones are none.
with

conversations as (

    select sum(message_count) as messages from {{ ref('conversations') }}

),

deleted as (

    select distinct conversation_id
    from {{ ref('int_conversation_days') }}
    where is_deleted

),

exchanges as (

    select count(*) as messages
    from {{ ref('exchanges') }} as exchanges
    left join deleted on exchanges.conversation_id = deleted.conversation_id
    where deleted.conversation_id is null

)

select
    conversations.messages as messages_of_conversations,
    exchanges.messages as exchanges
from conversations
cross join exchanges
where coalesce(conversations.messages, 0) <> exchanges.messages
