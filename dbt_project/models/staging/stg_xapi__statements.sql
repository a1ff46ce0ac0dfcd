select
    statement_id,
    day,
    event_time,
    claimed_at,
    received_at,
    clock_skewed,
    actor_key,
    actor_name,
    verb,
    object_type,
    object_id,
    object_url,
    activity_type,
    interaction_type,
    object_name,
    lesson_url,
    course_url,
    attempt_id,
    card_type,
    card_id,
    is_question,
    success,
    completion,
    response,
    response_words,
    matches_pattern,
    score_scaled,
    duration_seconds,
    registration,
    move_on,
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
from {{ source('xapi', 'statements') }} as statements
-- The lake keeps what is voided and what voids; no mart does.
where (verb_id is null or verb_id <> 'http://adlnet.gov/expapi/verbs/voided')
    and not exists (
        select 1 from {{ ref('stg_xapi__voidings') }} as voidings
        where voidings.voided_id = statements.statement_id
    )
