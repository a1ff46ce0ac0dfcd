{{ built_by_day(before=1, after=1) }}

with

heads as (

    select * from {{ ref('int_video_heads') }}
    where {{ in_days('day') }}

),

int_video_days as (

    select
        day,
        video_id,
        coalesce(told_seconds, 0) as told_seconds,
        count(*) as views,
        max(furthest_seconds) as furthest_seconds
    from heads
    group by day, video_id, coalesce(told_seconds, 0)

)

select * from int_video_days
