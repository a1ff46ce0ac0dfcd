-- Views of videos, and how many watched each second. The rules of views are the marts' own (dbt_project/models).
create table signals as
select
    *,
    coalesce('session:' || session_id, actor_key) as viewer_key,
    signal in ('segment_start', 'segment_end') as is_segment,
    case signal
        when 'initialized' then 0 when 'heartbeat' then 1 when 'pause' then 2 when 'seek' then 3 when 'play' then 4
        when 'segment_start' then 5 when 'segment_end' then 6 when 'ended' then 8 else 7
    end as signal_order,
    case when is_segment then position_seconds else -1 end as segment_order,
    signal in ('initialized', 'play', 'heartbeat', 'segment_start', 'segment_end') as is_start
from (
    select
        event_id,
        event_time,
        day,
        video_id,
        actor_key,
        session_id,
        case event_type
            when 'view_segment_start' then 'segment_start' when 'view_segment_end' then 'segment_end'
            when 'played' then 'play' when 'paused' then 'pause' when 'seeked' then 'seek' when 'end' then 'ended'
            when 'timeupdate' then 'heartbeat' else event_type
        end as signal,
        coalesce(seek_from_seconds, position_seconds) as position_seconds,
        coalesce(seek_to_seconds, position_seconds) as resumes_at_seconds,
        duration_seconds,
        playback_rate,
        null as played_segments
    from video_events
    union all
    select
        statement_id,
        event_time,
        day,
        object_id,
        actor_key,
        video_session_id,
        case verb
            when 'played' then 'play' when 'paused' then 'pause' when 'seeked' then 'seek'
            when 'terminated' then 'ended' else verb
        end,
        coalesce(video_from_seconds, video_time_seconds),
        coalesce(video_to_seconds, video_time_seconds),
        video_length_seconds,
        null,
        video_played_segments
    from statements
    where is_video
)
where viewer_key is not null;

create table view_signals as
select
    *,
    sum(is_new_view) over (
        partition by viewer_key, video_id order by event_time, segment_order, signal_order, event_id
        rows between unbounded preceding and current row
    ) as view_number
from (
    select
        *,
        case
            when epoch_us(event_time) - epoch_us(lag(event_time) over viewing) > 3600e6 then 1
            when is_start
                and last_value(case when signal = 'ended' then true when is_start then false end ignore nulls)
                    over (viewing rows between unbounded preceding and 1 preceding)
                then 1
            else 0
        end as is_new_view
    from signals
    window viewing as (
        partition by viewer_key, video_id order by event_time, segment_order, signal_order, event_id
    )
);

create table intervals as
select
    *,
    case when is_watched then position_seconds when is_running then resumes_at_seconds end as from_seconds,
    case
        when is_watched then position_seconds + 1
        when is_running
            and next_signal not in ('play', 'initialized', 'segment_start', 'segment_end')
            and next_position >= resumes_at_seconds
            then next_position
        when is_running
            then resumes_at_seconds + least(10, coalesce(
                (epoch_us(next_at) - epoch_us(event_time)) / 1e6 * coalesce(playback_rate, 1), 10
            ))
    end as to_seconds,
    coalesce(case
        when is_watched
            then not coalesce(
                previous_signal in ('segment_start', 'segment_end') and previous_position + 1 = position_seconds, false
            )
        when is_running
            then signal in ('play', 'seek') or not coalesce(was_running and position_seconds >= previous_resumes, false)
    end, false) as is_jump
from (
    select
        *,
        lead(event_time) over viewing as next_at,
        lead(signal) over viewing as next_signal,
        lead(position_seconds) over viewing as next_position,
        lag(signal) over viewing as previous_signal,
        lag(position_seconds) over viewing as previous_position,
        lag(resumes_at_seconds) over viewing as previous_resumes,
        last_value(
            case when signal in ('play', 'heartbeat') then true when signal in ('pause', 'ended') then false end
            ignore nulls
        ) over (viewing rows between unbounded preceding and 1 preceding) as was_running,
        not is_segment and case
            when signal in ('play', 'heartbeat') then true
            when signal in ('pause', 'ended') then false
            else coalesce(was_running, false)
        end as is_running,
        is_segment and not coalesce(
            signal = 'segment_end' and previous_signal = 'segment_start' and previous_position = position_seconds, false
        ) as is_watched
    from view_signals
    window viewing as (
        partition by viewer_key, video_id, view_number order by event_time, segment_order, signal_order, event_id
    )
);

-- Neighbouring seconds as one run; a view of more than half a day is cut at midnight.
create table runs as
select
    *,
    case
        when epoch_us(max(ended_at) over viewing) - epoch_us(min(started_at) over viewing) > 43200e6
            then min(started_at) over (viewing_day)
        else min(started_at) over viewing
    end as view_started_at,
    md5(concat_ws('|', viewer_key, video_id, epoch_us(view_started_at))) as view_id
from (
    select
        viewer_key,
        video_id,
        view_number,
        day,
        run_number,
        max(actor_key) as actor_key,
        max(session_id) as session_id,
        min(event_time) as started_at,
        max(event_time) as ended_at,
        min(from_seconds) as from_seconds,
        max(to_seconds) as to_seconds,
        max(case when is_segment then position_seconds + 1 else position_seconds end) as furthest_seconds,
        max(duration_seconds) as duration_seconds,
        arg_max(played_segments, event_time) as played_segments
    from (
        select
            *,
            sum(cast(is_jump as integer)) over (
                partition by viewer_key, video_id, view_number
                order by event_time, segment_order, signal_order, event_id
                rows between unbounded preceding and current row
            ) as run_number
        from intervals
    )
    group by all
)
window
    viewing as (partition by viewer_key, video_id, view_number),
    viewing_day as (partition by viewer_key, video_id, view_number, day);

create table views as
select
    view_id,
    video_id,
    max(actor_key) as actor_key,
    max(session_id) as session_id,
    min(started_at) as started_at,
    max(ended_at) as ended_at,
    max(duration_seconds) as duration_seconds,
    max(furthest_seconds) as furthest_seconds,
    arg_max(played_segments, ended_at) filter (where played_segments is not null) as played_segments
from runs
group by view_id, video_id;

create table stretches as
select
    *,
    max(to_seconds) over (
        partition by view_id order by from_seconds, to_seconds rows between unbounded preceding and 1 preceding
    ) as watched_to,
    case
        when watched_to is null or watched_to <= from_seconds then from_seconds
        when watched_to < to_seconds then watched_to
    end as new_from_seconds
from (
    select
        view_id,
        video_id,
        least(views.duration_seconds, runs.from_seconds) as from_seconds,
        least(views.duration_seconds, runs.to_seconds) as to_seconds
    from runs
    inner join views using (view_id, video_id)
    where views.played_segments is null
    union all
    select
        view_id,
        video_id,
        least(duration_seconds, try_cast(split_part(segment, '[.]', 1) as double)),
        least(duration_seconds, try_cast(split_part(segment, '[.]', 2) as double))
    from views
    cross join unnest(string_split(played_segments, '[,]')) as segments(segment)
);

create table video_views as
select
    views.view_id,
    cast(started_at as date) as day,
    views.video_id,
    actor_key,
    session_id,
    started_at,
    ended_at,
    duration_seconds,
    greatest(furthest_seconds, reached_seconds) as furthest_seconds,
    coalesce(play_time_seconds, 0) as play_time_seconds,
    coalesce(unique_watched_seconds, 0) as unique_watched_seconds
from views
left join (
    select
        view_id,
        max(to_seconds) as reached_seconds,
        sum(to_seconds - from_seconds) as play_time_seconds,
        sum(to_seconds - new_from_seconds) as unique_watched_seconds
    from stretches
    group by view_id
) as watched on views.view_id = watched.view_id;

create table video_retention_curve as
select
    video_id,
    video_second,
    views,
    sum(coalesce(unique_change, 0)) over by_second as views_watching,
    sum(coalesce(watched_change, 0)) over by_second as times_watched,
    views_watching / views as unique_retention,
    times_watched / views as absolute_retention,
    duration_seconds
from (
    select
        video_id,
        count(*) as views,
        coalesce(max(duration_seconds), max(furthest_seconds)) as duration_seconds
    from video_views
    group by video_id
) as videos
cross join unnest(range(cast(ceil(least(duration_seconds, 86400)) as bigint))) as seconds(video_second)
left join (
    select
        video_id,
        cast(edge.at as bigint) as video_second,
        sum(edge.watched) as watched_change,
        sum(edge.fresh) as unique_change
    from (
        select
            video_id,
            unnest([
                {{'at': ceil(from_seconds), 'watched': 1, 'fresh': 0}},
                {{'at': ceil(to_seconds), 'watched': -1, 'fresh': cast(new_from_seconds is null as integer) - 1}},
                {{'at': ceil(new_from_seconds), 'watched': 0, 'fresh': 1}}
            ]) as edge
        from stretches
        where to_seconds > from_seconds
    )
    where edge.at is not null
    group by video_id, video_second
) as changes using (video_id, video_second)
window by_second as (
    partition by video_id order by video_second rows between unbounded preceding and current row
);
