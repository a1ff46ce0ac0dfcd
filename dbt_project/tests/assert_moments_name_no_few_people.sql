-- One row per drop-off, kind and subject (NULL is the kind altogether), of people who are a part of those who left.
select
    video_id,
    dropoff_number,
    what,
    subject,
    count(*) as rows_found
from {{ ref('video_moments') }}
group by video_id, dropoff_number, what, subject
having count(*) > 1 or min(people) < {{ var('fewest_people') }} or max(people) > max(people_left)
