-- The video marts of players with heartbeats, written by hand for DuckDB: what the platform's models are held against.
-- One pass over all events: no days, no other dialect, no keys of changes, no tests. {events} is a list of Parquet files.

create table signals as
select
    md5(video_id || '|' || coalesce(session_id, '') || '|' || actor_key) as view_id, video_id, actor_key, session_id,
    event_time, event_type, duration_seconds,
    coalesce(seek_from_seconds, position_seconds) as arrives, coalesce(seek_to_seconds, position_seconds) as goes_on,
    event_type = 'seek' and abs(seek_to_seconds - seek_from_seconds) > 1 as leaps
from read_parquet({events});

create table lengths as
select video_id, max(duration_seconds) as duration_seconds from signals group by video_id;

create table runs as
select
    view_id, video_id, event_time as playing_from, next_time as playing_to, goes_on as from_seconds,
    next_arrives as to_seconds, case when leaps and arrives < goes_on then arrives end as leapt_from
from (
    select *, lead(arrives) over by_time as next_arrives, lead(event_time) over by_time as next_time
    from signals window by_time as (partition by view_id order by event_time)
);

create table stretches as
select
    *, case when before is null or before <= from_seconds then from_seconds when before < to_seconds then before end
        as new_from
from (
    select view_id, video_id, from_seconds, to_seconds, max(to_seconds) over (
            partition by view_id order by from_seconds, to_seconds rows between unbounded preceding and 1 preceding
        ) as before
    from runs where to_seconds > from_seconds
);

create table views as
select
    heads.*, lengths.duration_seconds, coalesce(played.play_time, 0) as play_time_seconds,
    coalesce(played.unique_time, 0) as unique_watched_seconds,
    coalesce(played.unique_time, 0) >= 0.95 * lengths.duration_seconds as is_completed,
    coalesce(played.play_time, 0) >= least(30, lengths.duration_seconds / 2) as is_valid
from (
    select
        view_id, video_id, any_value(actor_key) as actor_key, any_value(session_id) as session_id,
        min(event_time) as started_at, max(event_time) as ended_at, max(event_time)::date as local_day,
        max(greatest(arrives, goes_on)) as furthest_seconds, arg_max(arrives, event_time) as last_seconds,
        coalesce(arg_min(arrives, event_time) filter (where leaps), max(arrives)) as furthest_before_seek,
        count(*) filter (where leaps and goes_on > arrives) as skips
    from signals group by view_id, video_id
) as heads
inner join lengths on heads.video_id = lengths.video_id
left join (
    select view_id, sum(to_seconds - from_seconds) as play_time, sum(to_seconds - new_from) as unique_time
    from stretches group by view_id
) as played on heads.view_id = played.view_id;

create table changes as
select video_id, place::bigint as place, sum(watched) as watched, sum(uniquely) as uniquely, sum(skipped) as skipped,
    sum(exits) as exits, sum(ends) as ends
from (
    select video_id, ceil(from_seconds) as place, 1 as watched, 0 as uniquely, 0 as skipped, 0 as exits, 0 as ends
    from stretches
    union all select video_id, ceil(to_seconds), -1, 0, 0, 0, 0 from stretches
    union all select video_id, ceil(new_from), 0, 1, 0, 0, 0 from stretches where new_from is not null
    union all select video_id, ceil(to_seconds), 0, -1, 0, 0, 0 from stretches where new_from is not null
    union all select video_id, ceil(leapt_from), 0, 0, 1, 0, 0 from runs where leapt_from is not null
    union all select video_id, ceil(from_seconds), 0, 0, -1, 0, 0 from runs where leapt_from is not null
    union all select video_id, floor(last_seconds), 0, 0, 0, 1, 0 from views
    union all select video_id, floor(furthest_before_seek), 0, 0, 0, 0, 1 from views
)
group by video_id, place;

create table curve as
with levels as (
    select
        seconds.*, coalesce(changes.exits, 0) as own_exits, coalesce(changes.ends, 0) as own_ends,
        sum(coalesce(changes.watched, 0)) over by_second as times_watched,
        sum(coalesce(changes.uniquely, 0)) over by_second as views_watching,
        sum(coalesce(changes.skipped, 0)) over by_second as skips,
        sum(coalesce(changes.exits, 0)) over by_second as exits_so_far,
        sum(coalesce(changes.ends, 0)) over by_second as ends_so_far
    from (
        select lengths.video_id, lengths.duration_seconds, counts.views,
            unnest(range(ceil(lengths.duration_seconds)::bigint)) as video_second
        from lengths inner join (select video_id, count(*) as views from views group by video_id) as counts
            on lengths.video_id = counts.video_id
    ) as seconds
    left join changes on seconds.video_id = changes.video_id and seconds.video_second = changes.place
    window by_second as (partition by seconds.video_id order by seconds.video_second)
),
hazards as (
    select *, views - exits_so_far + own_exits as at_risk, views - ends_so_far + own_ends as surviving,
        video_second >= 0.95 * duration_seconds as is_end,
        case when duration_seconds < 300 then 1 when duration_seconds < 900 then 2 else 3 end as band
    from levels
),
usual as (
    select video_id, sum(own_exits) as exits, sum(at_risk) as at_risk, count(*) filter (where at_risk >= 20) as judged
    from hazards where not is_end group by video_id
),
compared as (
    select video_id, hundredth, percent_rank() over (partition by band, hundredth order by share) as relative
    from (
        select video_id, band, floor(100 * video_second / duration_seconds) as hundredth,
            arg_min(times_watched / views, video_second) as share
        from hazards group by all
    )
)
select
    hazards.*, views_watching / views as unique_retention, times_watched / views as absolute_retention,
    surviving / views as survival, (times_watched - views_watching) / nullif(views_watching, 0) as rewatch,
    compared.relative, own_exits / nullif(hazards.at_risk, 0) as hazard, usual.exits / usual.at_risk as mean_hazard,
    case when own_exits / nullif(usual.exits, 0) > hazards.at_risk / usual.at_risk then least(1, judged * exp(
        -usual.exits * (own_exits / usual.exits * ln(own_exits / usual.exits * usual.at_risk / hazards.at_risk)
        + (1 - own_exits / usual.exits) * ln(nullif(1 - own_exits / usual.exits, 0)
            / nullif(1 - hazards.at_risk / usual.at_risk, 0))))) else 1 end as chance
from hazards
inner join usual on hazards.video_id = usual.video_id
left join compared on hazards.video_id = compared.video_id
    and floor(100 * hazards.video_second / hazards.duration_seconds) = compared.hundredth;

create table dropoffs as
select video_id, island, min(video_second) as from_second, max(video_second) as to_second, sum(own_exits) as exits,
    max(at_risk) as at_risk
from (
    select *, sum(begins) over (partition by video_id order by video_second) as island
    from (
        select *, (coalesce(video_second - lag(video_second) over by_second, 9) > 2)::int as begins
        from curve where at_risk >= 20 and chance <= 0.05 and hazard >= 0.1 and not is_end
        window by_second as (partition by video_id order by video_second)
    )
)
group by video_id, island;

create table engagement as
select local_day, video_id, count(distinct actor_key) as viewers, count(*) as views,
    count(*) filter (where is_valid) as valid_views, count(*) filter (where is_completed) as completed_views,
    sum(play_time_seconds) as play_time_seconds, sum(unique_watched_seconds) as unique_watched_seconds,
    avg(unique_watched_seconds / duration_seconds) as average_percent_watched
from views group by local_day, video_id;

create table viewers as
select actor_key, count(*) as views, count(distinct video_id) as videos, count(distinct local_day) as days,
    sum(play_time_seconds) as play_time_seconds, count(*) filter (where is_completed) as completed_views,
    count(*) filter (where skips > 0) as skipping_views
from views group by actor_key;

create table concurrency as
with scoped as (
    select video_id, epoch_us(playing_from) as t, 1 as change from runs where playing_to > playing_from
    union all select video_id, epoch_us(playing_to), -1 from runs where playing_to > playing_from
    union all select video_id, epoch_us(playing_to) // 60000000 * 60000000, 0 from runs
    where epoch_us(playing_from) // 60000000 < epoch_us(playing_to - interval 1 microsecond) // 60000000
),
steps as (
    select video_id, t, sum(change) as change from (select * from scoped union all select null, t, change from scoped)
    group by video_id, t
),
levels as (
    select video_id, t, lead(t) over by_time as until, sum(change) over by_time as playing
    from steps window by_time as (partition by video_id order by t)
)
select t // 60000000 as minute, video_id, max(playing) as peak, sum(playing * (until - t)) / 1e6 as playing_seconds
from levels where playing > 0 group by 1, 2;

create table catalogue as
select lengths.*, counts.views, counts.first_day, counts.last_day
from lengths left join (
    select video_id, count(*) as views, min(local_day) as first_day, max(local_day) as last_day
    from views group by video_id
) as counts on lengths.video_id = counts.video_id;
