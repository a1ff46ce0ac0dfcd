{{ built_by_day(before=1, after=1) }}

with

views as (

    select * from {{ ref('video_views') }}
    where {{ in_days('day') }}

),

int_video_days as (

    select
        day,
        video_id,
        count(*) as views,
        max(duration_seconds) as duration_seconds,
        max(furthest_seconds) as furthest_seconds
    from views
    group by day, video_id

)

select * from int_video_days
