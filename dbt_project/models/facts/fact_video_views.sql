with

heads as (

    select
        heads.*,
        lengths.video_id as counted_video_id,
        lengths.duration_seconds,
        lengths.duration_from
    from {{ ref('int_video_heads') }} as heads
    inner join {{ ref('int_video_lengths') }} as lengths
        on heads.video_id = lengths.sent_video_id

),

-- Nothing is watched beyond the end.
watched as (

    select
        stretches.view_id,
        sum(stretches.times * greatest(
            least(stretches.to_seconds, lengths.duration_seconds) - stretches.from_seconds, 0
        )) as play_time_seconds,
        sum(stretches.times * (stretches.to_seconds - stretches.from_seconds)) as told_play_time_seconds,
        sum(case when stretches.new_from_seconds is not null then greatest(
                    least(stretches.to_seconds, lengths.duration_seconds) - stretches.new_from_seconds, 0
                )
        end) as unique_watched_seconds
    from {{ ref('int_video_stretches') }} as stretches
    inner join {{ ref('int_video_lengths') }} as lengths
        on stretches.video_id = lengths.sent_video_id
    group by stretches.view_id

),

fact_video_views as (

    select
        heads.view_id,
        heads.day,
        {{ local_day('heads.started_at') }} as local_day,
        heads.counted_video_id as video_id,
        heads.video_id as sent_video_id,
        heads.actor_key,
        heads.session_id,
        heads.started_at,
        heads.ended_at,
        heads.duration_seconds,
        heads.duration_from = 'positions' as duration_is_estimated,
        heads.furthest_seconds,
        heads.furthest_before_seek_seconds,
        heads.last_seconds,
        heads.left_at,
        coalesce(watched.play_time_seconds, 0) as play_time_seconds,
        coalesce(watched.unique_watched_seconds, 0) as unique_watched_seconds,
        heads.skips,
        heads.inferred_seconds,
        heads.dialect,
        heads.other_dialect,
        heads.other_play_time_seconds,
        coalesce(watched.told_play_time_seconds, 0) - heads.other_play_time_seconds as dialect_difference_seconds
    from heads
    left join watched
        on heads.view_id = watched.view_id

)

select * from fact_video_views
