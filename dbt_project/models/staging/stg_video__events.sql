select
    event_id,
    day,
    event_time,
    video_id,
    actor_key,
    session_id,
    event_type,
    position_seconds,
    duration_seconds,
    playback_rate,
    seek_from_seconds,
    seek_to_seconds,
    device
from {{ source('video', 'events') }}
