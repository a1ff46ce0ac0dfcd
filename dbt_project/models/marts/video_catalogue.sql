with

known as (

    select * from {{ ref('int_video_catalogue') }}
    where alias_of is null

),

lengths as (

    select * from {{ ref('int_video_lengths') }}

),

days as (

    select
        lengths.video_id,
        {{ total('days.views') }} as views,
        min(days.day) as first_day,
        max(days.day) as last_day
    from {{ ref('int_video_days') }} as days
    inner join lengths
        on days.video_id = lengths.sent_video_id
    group by lengths.video_id

),

titles as (

    select
        lengths.video_id,
        {{ latest('titles.title', by='titles.titled_at') }} as title
    from {{ ref('int_video_titles') }} as titles
    inner join lengths
        on titles.video_id = lengths.sent_video_id
    group by lengths.video_id

),

videos as (

    select
        video_id,
        max(duration_seconds) as duration_seconds,
        max(duration_from) as duration_from,
        string_agg(case when sent_video_id <> video_id then sent_video_id end, ', ' order by sent_video_id) as other_ids
    from lengths
    group by video_id

),

-- A video that is in the catalogue and that nobody has viewed is a video without data.
named as (

    select
        coalesce(videos.video_id, known.video_id) as video_id,
        known.title as known_title,
        coalesce(videos.duration_seconds, known.duration_seconds) as duration_seconds,
        coalesce(videos.duration_from, case when known.duration_seconds is not null then 'catalogue' end)
            as duration_from,
        videos.other_ids
    from videos
    full outer join known
        on videos.video_id = known.video_id

),

video_catalogue as (

    select
        named.video_id,
        coalesce(named.known_title, titles.title) as title,
        case
            when named.known_title is not null then 'catalogue' when titles.title is not null then 'statements'
        end as title_from,
        named.duration_seconds,
        named.duration_from,
        coalesce(named.duration_from = 'positions', false) as duration_is_estimated,
        case
            when named.duration_seconds < 60 then 'under 1 min'
            when named.duration_seconds < 300 then '1-5 min'
            when named.duration_seconds < 900 then '5-15 min'
            when named.duration_seconds < 3600 then '15-60 min'
            when named.duration_seconds >= 3600 then 'an hour or longer'
        end as length_band,
        named.other_ids,
        coalesce(days.views, 0) as views,
        days.first_day,
        days.last_day
    from named
    left join titles
        on named.video_id = titles.video_id
    left join days
        on named.video_id = days.video_id

)

select * from video_catalogue
