-- One row per minute and video (NULL is all videos), and nobody can play more than a peak all along.
select
    minute,
    video_id,
    count(*) as rows_found
from {{ ref('video_concurrency') }}
where {{ in_days('day') }}
group by minute, video_id
having count(*) > 1 or max(average) > max(peak) + 0.000001 or min(peak) < 1
