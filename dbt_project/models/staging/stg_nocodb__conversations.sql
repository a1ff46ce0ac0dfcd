select
    conversation_id,
    day,
    event_time as created_at,
    updated_at,
    actor_key,
    app_id,
    status,
    mode,
    language,
    tier,
    is_deleted
from {{ source('nocodb', 'conversations') }}
