with

videos as (

    select
        video_id,
        max(duration_seconds) as duration_seconds,
        max(duration_from) = 'positions' as duration_is_estimated
    from {{ ref('int_video_lengths') }}
    group by video_id

),

views as (

    select
        lengths.video_id,
        {{ total('days.views') }} as views
    from {{ ref('int_video_days') }} as days
    inner join {{ ref('int_video_lengths') }} as lengths
        on days.video_id = lengths.sent_video_id
    group by lengths.video_id

),

changes as (

    select
        lengths.video_id,
        days.video_second,
        {{ total('days.watched_change') }} as watched_change,
        {{ total('days.unique_change') }} as unique_change,
        {{ total('days.skipped_change') }} as skipped_change,
        {{ total('days.exits') }} as exits,
        {{ total('days.survivors_lost') }} as survivors_lost
    from {{ ref('int_video_second_days') }} as days
    inner join {{ ref('int_video_lengths') }} as lengths
        on days.video_id = lengths.sent_video_id
    group by lengths.video_id, days.video_second

),

-- All that lies beyond the end counts as the end.
leavers as (

    select
        video_id,
        {{ total('exits') }} as leavers
    from changes
    group by video_id

),

seconds as (

    select
        videos.video_id,
        views.views,
        leavers.leavers,
        videos.duration_seconds,
        videos.duration_is_estimated,
        video_second
    from videos
    inner join views
        on videos.video_id = views.video_id
    left join leavers
        on videos.video_id = leavers.video_id
    cross join {{ numbers_below(whole_number('ceil(videos.duration_seconds)'), 'video_second') }}

),

levels as (

    select
        seconds.*,
        coalesce(changes.exits, 0) as exits,
        sum(coalesce(changes.watched_change, 0)) over by_second as watched,
        sum(coalesce(changes.unique_change, 0)) over by_second as watched_by,
        sum(coalesce(changes.skipped_change, 0)) over by_second as skipped,
        sum(coalesce(changes.exits, 0)) over by_second as exits_so_far,
        sum(coalesce(changes.survivors_lost, 0)) over by_second as lost_so_far,
        coalesce(changes.survivors_lost, 0) as lost_here
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

int_video_seconds as (

    select
        video_id,
        {{ whole_number('video_second') }} as video_second,
        duration_seconds,
        duration_is_estimated,
        views,
        {{ whole_number('watched_by') }} as views_watching,
        {{ whole_number('watched') }} as times_watched,
        {{ whole_number('views - lost_so_far + lost_here') }} as views_surviving,
        -- Who left beyond the end left at it. A whole number of seconds ends after the last one.
        case
            when video_second = floor(duration_seconds)
                then {{ whole_number('coalesce(leavers, 0) - exits_so_far + exits') }}
            else exits
        end as exits,
        {{ whole_number('coalesce(leavers, 0) - exits_so_far + exits') }} as views_at_risk,
        {{ whole_number('skipped') }} as skips
    from levels

)

select * from int_video_seconds
