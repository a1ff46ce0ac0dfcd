with

views as (

    select * from {{ ref('video_views') }}
    where person_id is not null

),

people as (

    select
        person_id,
        max(cohort) as cohort,
        count(*) as views,
        {{ count_where('is_valid') }} as valid_views,
        count(distinct video_id) as videos,
        count(distinct local_day) as viewing_days,
        sum(play_time_seconds) as play_time_seconds,
        {{ count_where('is_completed') }} as completed_views,
        {{ count_where('skips > 0') }} as skipping_views
    from views
    group by person_id

),

-- Different videos of each day on which the person viewed any.
days as (

    select
        person_id,
        local_day,
        count(distinct video_id) as videos
    from views
    group by person_id, local_day

),

means as (

    select
        person_id,
        avg(videos) as videos_per_day
    from days
    group by person_id

),

shares as (

    select
        people.*,
        {{ ratio('people.completed_views', 'people.views') }} as completed_share,
        {{ ratio('people.skipping_views', 'people.views') }} as skipping_share,
        means.videos_per_day
    from people
    inner join means
        on people.person_id = means.person_id

),

video_viewers as (

    select
        person_id,
        cohort,
        views,
        valid_views,
        videos,
        viewing_days,
        play_time_seconds,
        completed_views,
        skipping_views,
        completed_share,
        skipping_share,
        videos_per_day,
        case
            when views < 3 then 'unknown'
            when videos_per_day >= 3 then 'binge'
            when completed_share >= 0.5 then 'completer'
            when skipping_share >= 0.5 then 'skipper'
            else 'casual'
        end as kind
    from shares

)

select * from video_viewers
