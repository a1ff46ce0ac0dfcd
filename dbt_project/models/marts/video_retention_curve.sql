with

video_days as (

    select * from {{ ref('int_video_days') }}

),

changes as (

    select
        video_id,
        video_second,
        {{ total('watched_change') }} as watched_change,
        {{ total('unique_change') }} as unique_change
    from {{ ref('int_video_second_days') }}
    group by video_id, video_second

),

videos as (

    select
        video_id,
        {{ total('views') }} as views,
        coalesce(max(duration_seconds), max(furthest_seconds)) as duration_seconds,
        max(duration_seconds) is null as duration_is_estimated
    from video_days
    group by video_id

),

seconds as (

    select
        videos.video_id,
        videos.views,
        videos.duration_seconds,
        videos.duration_is_estimated,
        video_second
    from videos
    -- A typing error in a length must not make a billion rows: no video is longer than a day.
    cross join {{ numbers_below(whole_number('ceil(least(videos.duration_seconds, 86400))'), 'video_second') }}

),

levels as (

    select
        seconds.*,
        sum(coalesce(changes.watched_change, 0)) over by_second as watched,
        sum(coalesce(changes.unique_change, 0)) over by_second as watched_by
    from seconds
    left join changes
        on seconds.video_id = changes.video_id
            and seconds.video_second = changes.video_second
    window by_second as (
        partition by seconds.video_id
        order by seconds.video_second
        rows between unbounded preceding and current row
    )

),

video_retention_curve as (

    select
        video_id,
        video_second,
        views,
        {{ whole_number('watched_by') }} as views_watching,
        {{ whole_number('watched') }} as times_watched,
        {{ ratio('watched_by', 'views') }} as unique_retention,
        {{ ratio('watched', 'views') }} as absolute_retention,
        duration_seconds,
        duration_is_estimated
    from levels

)

select * from video_retention_curve
