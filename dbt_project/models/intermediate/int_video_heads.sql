{{ built_by_day(before=1, after=1) }}

with

runs as (

    select
        *,
        min(case when is_counted and leapt_from_seconds is not null then from_place end) over (partition by view_id)
            as first_leap_place,
        min(case when is_counted then from_place end) over (partition by view_id) as first_watched_place,
        min(seek_place) over (partition by view_id) as first_seek_place,
        max(list_place) over (partition by view_id) as list_place_of_view
    from {{ ref('int_video_runs') }}
    where {{ in_days('day') }}

),

listed as (

    select
        view_id,
        {{ total('times') }} as pieces,
        sum(times * (to_seconds - from_seconds)) as play_time_seconds,
        max(to_seconds) as to_seconds,
        min(from_seconds) as from_seconds
    from {{ ref('int_video_stretches') }}
    where {{ in_days('day') }}
        and is_listed
    group by view_id

),

views as (

    select
        view_id,
        day,
        video_id,
        view_started_at as started_at,
        max(actor_key) as actor_key,
        max(session_id) as session_id,
        max(last_at) as ended_at,
        max(told_seconds) as told_seconds,
        max(furthest_seconds) as furthest_seconds,
        max(list_place) as list_place,
        {{ of_latest('list_position', by='list_place') }} as list_position,
        {{ first_piece_end(latest('played_segments', by='list_place')) }} as first_piece_to,
        min(first_seek_place) as seek_place,
        max(case when is_counted and from_place >= list_place_of_view then 1 else 0 end) as goes_on_after_list,
        max(list_at) as list_at,
        max(case when is_counted then chain end) as chain,
        -- An end lasts as far as it went before the first leap, or the first seek where nothing was watched before it.
        case
            when min(first_seek_place) < min(first_watched_place)
                then {{ earliest('seek_from_seconds', by='seek_place') }}
            else max(case when is_counted and from_place < coalesce(first_leap_place, from_place + 1)
                        then to_seconds
                end)
        end as furthest_before_seek_seconds,
        {{ latest('case when is_counted then to_seconds end', by='from_place') }} as last_seconds,
        {{ latest('case when is_counted then playing_to end', by='from_place') }} as left_at,
        {{ count_where('is_counted and leapt_from_seconds < from_seconds') }} as skips,
        coalesce(sum(case when is_counted and (list_place_of_view is null or from_place >= list_place_of_view)
                then inferred_seconds
        end), 0) as inferred_seconds,
        sum(case when chain = 'signals' then to_seconds - from_seconds end) as signals_seconds,
        sum(case when chain = 'pairs' then to_seconds - from_seconds end) as pairs_seconds
    from runs
    group by view_id, day, video_id, view_started_at

),

int_video_heads as (

    select
        views.view_id,
        views.day,
        views.video_id,
        views.actor_key,
        views.session_id,
        views.started_at,
        views.ended_at,
        views.told_seconds,
        {{ greater_of('views.furthest_seconds', 'listed.to_seconds') }} as furthest_seconds,
        coalesce(
            case
                when views.seek_place is not null or listed.pieces is null then views.furthest_before_seek_seconds
                -- A list that tells of one way without a gap or a repeat; else its first piece ended with a leap.
                when listed.play_time_seconds = listed.to_seconds - listed.from_seconds then listed.to_seconds
                when views.first_piece_to between listed.from_seconds and listed.to_seconds then views.first_piece_to
            end, views.furthest_before_seek_seconds, listed.to_seconds, 0
        ) as furthest_before_seek_seconds,
        case when listed.pieces > 0 and views.goes_on_after_list = 0
                then coalesce(views.list_position, views.last_seconds, listed.to_seconds)
            else views.last_seconds
        end as last_seconds,
        case when listed.pieces > 0 and views.goes_on_after_list = 0
                and coalesce(views.list_position <> views.last_seconds, views.last_seconds is null) then views.list_at
            else {{ moment_of('views.left_at') }}
        end as left_at,
        views.skips,
        case when views.list_place is not null then 'list' else views.chain end as dialect,
        case
            when views.list_place is not null then views.chain
            when views.chain = 'pairs' and views.signals_seconds is not null then 'signals'
        end as other_dialect,
        case
            when views.list_place is not null and views.chain = 'pairs' then views.pairs_seconds
            when views.list_place is not null or views.chain = 'pairs' then views.signals_seconds
        end as other_play_time_seconds,
        views.inferred_seconds
    from views
    left join listed
        on views.view_id = listed.view_id

)

select * from int_video_heads
