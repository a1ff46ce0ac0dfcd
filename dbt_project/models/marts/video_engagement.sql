with

views as (

    select * from {{ ref('video_views') }}

),

video_engagement as (

    select
        local_day,
        video_id,
        count(distinct person_id) as viewers,
        {{ count_where('person_id is null') }} as anonymous_views,
        count(*) as views,
        {{ count_where('is_valid') }} as valid_views,
        case when max(duration_seconds) > 0 then {{ count_where('is_completed') }} end as completed_views,
        {{ count_where('is_inferred') }} as inferred_views,
        sum(play_time_seconds) as play_time_seconds,
        sum(unique_watched_seconds) as unique_watched_seconds,
        {{ ratio('sum(play_time_seconds)', 'count(*)') }} as average_view_duration_seconds,
        avg(percent_watched) as average_percent_watched,
        case when max(duration_seconds) > 0 then {{ ratio(count_where('is_completed'), 'count(*)') }} end
            as completion_rate,
        max(duration_seconds) as duration_seconds
    from views
    group by local_day, video_id

)

select * from video_engagement
