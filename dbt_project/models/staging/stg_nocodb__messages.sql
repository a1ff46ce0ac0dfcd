select
    message_id,
    -- The builder writes an all-zero parent where it does not know one: no siblings can be seen there.
    nullif(parent_message_id, '00000000-0000-0000-0000-000000000000') as parent_message_id,
    conversation_id,
    day,
    event_time as created_at,
    actor_key,
    app_id,
    model_provider,
    model_id,
    status,
    language,
    tier,
    query,
    answer,
    query_tokens,
    answer_tokens,
    total_price,
    currency,
    latency_seconds,
    is_agent_based,
    error
from {{ source('nocodb', 'messages') }}
where not coalesce(is_deleted, false)
