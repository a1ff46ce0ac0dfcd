-- Unique seconds are a part of all seconds watched, and of the video where its length is known (to a millisecond).
select
    view_id,
    play_time_seconds,
    unique_watched_seconds,
    duration_seconds
from {{ ref('fact_video_views') }}
where {{ in_days('day') }}
    and (
        unique_watched_seconds < 0
        or unique_watched_seconds > play_time_seconds + 0.001
        or unique_watched_seconds > duration_seconds + 0.001
        or ended_at < started_at
    )
