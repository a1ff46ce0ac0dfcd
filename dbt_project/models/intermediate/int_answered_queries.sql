{# Deleted rows stay, so that their day still names the queries whose other answers are counted anew. #}
{{ built_by_day(key='query_key') }}

with

messages as (

    select
        message_id,
        day,
        event_time as answered_at,
        coalesce(is_deleted, false) as is_deleted,
        conversation_id,
        nullif(parent_message_id, '00000000-0000-0000-0000-000000000000') as parent_message_id
    from {{ source('nocodb', 'messages') }}
    where {{ in_days('day') }}

),

int_answered_queries as (

    select
        {{ fingerprint(['conversation_id', 'parent_message_id']) }} as query_key,
        message_id,
        day,
        answered_at,
        is_deleted
    from messages
    where parent_message_id is not null

)

select * from int_answered_queries
