{{ config(materialized='view') }}

with

events as (

    select * from {{ ref('stg_video__events') }}

),

statements as (

    select * from {{ ref('stg_xapi__statements') }}
    where is_video

),

player_signals as (

    select
        event_id,
        day,
        event_time,
        video_id,
        actor_key,
        session_id,
        case event_type
            when 'played' then 'play'
            when 'paused' then 'pause'
            when 'seeked' then 'seek'
            when 'end' then 'ended'
            when 'timeupdate' then 'heartbeat'
            else event_type
        end as signal,
        coalesce(seek_from_seconds, position_seconds) as position_seconds,
        coalesce(seek_to_seconds, position_seconds) as resumes_at_seconds,
        duration_seconds,
        playback_rate,
        cast(null as {{ engine_type('text') }}) as played_segments
    from events

),

-- https://liveaspankaj.gitbooks.io/xapi-video-profile/content/statement_data_model.html
profile_signals as (

    select
        statement_id as event_id,
        day,
        event_time,
        object_id as video_id,
        actor_key,
        coalesce(video_session_id, registration) as session_id,
        case verb
            when 'played' then 'play'
            when 'paused' then 'pause'
            when 'seeked' then 'seek'
            when 'terminated' then 'ended'
            else verb
        end as signal,
        coalesce(video_from_seconds, video_time_seconds) as position_seconds,
        coalesce(video_to_seconds, video_time_seconds) as resumes_at_seconds,
        video_length_seconds as duration_seconds,
        cast(null as {{ engine_type('number') }}) as playback_rate,
        video_played_segments as played_segments
    from statements

),

int_video_signals as (

    select * from player_signals
    union all
    select * from profile_signals

)

select
    event_id,
    day,
    event_time,
    video_id,
    actor_key,
    -- A player's session is one viewer at one screen; without it the person is the viewer.
    coalesce('session:' || session_id, actor_key) as viewer_key,
    session_id,
    signal,
    signal in ('segment_start', 'segment_end') as is_segment,
    -- Players send several signals in one instant: they stop, jump and start again, in this order.
    {{ whole_number("
        case signal
            when 'initialized' then 0 when 'heartbeat' then 1 when 'pause' then 2 when 'seek' then 3 when 'play' then 4
            when 'segment_start' then 5 when 'segment_end' then 6 when 'ended' then 8 else 7
        end
    ") }} as signal_order,
    signal in ('initialized', 'play', 'heartbeat', 'segment_start', 'segment_end') as is_start,
    -- Some players count from just below zero, and tell a length of 0 before they know it.
    case when position_seconds < 0 then 0 else position_seconds end as position_seconds,
    case when resumes_at_seconds < 0 then 0 else resumes_at_seconds end as resumes_at_seconds,
    case when duration_seconds > 0 then duration_seconds end as duration_seconds,
    playback_rate,
    played_segments
from int_video_signals
where coalesce(session_id, actor_key) is not null
