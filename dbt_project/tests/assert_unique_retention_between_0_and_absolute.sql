-- A second watched by a view at least once is watched at least that often: 0 <= U(t) <= 1 and U(t) <= A(t).
select
    video_id,
    video_second,
    unique_retention,
    absolute_retention
from {{ ref('video_retention_curve') }}
where unique_retention < 0
    or unique_retention > 1
    or absolute_retention < unique_retention
    or views < 1
