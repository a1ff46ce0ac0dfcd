select
    session_key,
    started_at,
    ended_at
from {{ ref('sessions') }}
where {{ in_days('day') }}
    and (duration_seconds < 0 or duration_seconds > 86400)
