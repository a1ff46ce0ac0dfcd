{{ config(meta={'dagster': {'ref': {'name': 'conversations'}}}) }}

-- Each exchange is in exactly one conversation, whether or not the conversation's own row came; deleted ones are none.
with

conversations as (

    select sum(message_count) as messages from {{ ref('conversations') }}

),

exchanges as (

    select count(*) as messages
    from {{ ref('exchanges') }}
    where conversation_id not in (
        select days.conversation_id from {{ ref('int_conversation_days') }} as days where days.is_deleted
    )

)

select
    conversations.messages as messages_of_conversations,
    exchanges.messages as exchanges
from conversations
cross join exchanges
where coalesce(conversations.messages, 0) <> exchanges.messages
