select
    statement_id,
    day,
    event_time,
    claimed_at,
    received_at,
    actor_key,
    actor_name,
    verb,
    object_type,
    object_id,
    activity_type,
    object_name,
    lesson_url,
    card_type,
    card_id,
    success,
    completion,
    response,
    score_scaled,
    duration_seconds,
    registration,
    video_time_seconds,
    video_from_seconds,
    video_to_seconds,
    video_played_segments,
    video_length_seconds,
    video_session_id,
    coalesce(activity_type = 'https://w3id.org/xapi/video/activity-type/video', false)
    or video_session_id is not null
    or video_played_segments is not null
    or video_time_seconds is not null as is_video
from {{ source('xapi', 'statements') }}
