{{ config(materialized='ephemeral') }}

with

-- As many days as int_video_stretches replaces.
lists as (

    select
        view_id,
        viewing_key,
        view_started_at,
        {{ latest('played_segments', by='list_place') }} as played_segments
    from {{ ref('int_video_runs') }}
    where {{ in_days('day', before=1, after=1) }}
        and played_segments is not null
    group by view_id, viewing_key, view_started_at

),

-- Few views have an earlier one in their session, so those are looked up by key, however long ago they were.
sessions as (

    select * from {{ ref('int_video_sessions') }}
    where {{ in_any_day('day') }}
        and viewing_key in (select lists.viewing_key from lists)

),

-- A list is of its whole session, so earlier views of the session have counted a part of it, by lists or by signals.
earlier as (

    select
        lists.view_id,
        lists.view_started_at,
        lists.viewing_key,
        max(previous.list_at) as list_at,
        {{ latest('previous.played_segments', by='previous.list_at') }} as played_segments
    from lists
    inner join sessions as previous
        on lists.viewing_key = previous.viewing_key
            and lists.view_started_at > previous.view_started_at
    group by lists.view_id, lists.view_started_at, lists.viewing_key

),

runs as (

    select * from {{ ref('int_video_runs') }}
    where {{ in_any_day('day') }}
        and is_counted
        and chain = 'signals'
        and viewing_key in (select earlier.viewing_key from earlier)

),

texts as (

    select
        view_id,
        played_segments,
        1 as is_last
    from lists

    union all

    select
        view_id,
        played_segments,
        0 as is_last
    from earlier

),

pieces as (

    select
        view_id,
        is_last,
        {{ place_in_video(number_or_null(dbt.split_part('segment', "'[.]'", 1))) }} as from_seconds,
        {{ place_in_video(number_or_null(dbt.split_part('segment', "'[.]'", 2))) }} as to_seconds
    from texts
    cross join {{ pieces('played_segments', '[,]', 'segment') }}

),

-- What was counted before: 0 stands for the earlier list, -1 for play between it (or the begin) and this view.
int_video_list_pieces as (

    select
        pieces.view_id,
        pieces.is_last,
        pieces.from_seconds,
        pieces.to_seconds,
        earlier.view_id is not null as has_earlier
    from pieces
    left join earlier
        on pieces.view_id = earlier.view_id
    where pieces.to_seconds > pieces.from_seconds

    union all

    select
        earlier.view_id,
        -1 as is_last,
        runs.from_seconds,
        runs.to_seconds,
        true as has_earlier
    from earlier
    inner join runs
        on earlier.viewing_key = runs.viewing_key
            and runs.playing_from >= coalesce({{ microseconds('earlier.list_at') }}, 0)
            and runs.playing_from < {{ microseconds('earlier.view_started_at') }}

)

select * from int_video_list_pieces
