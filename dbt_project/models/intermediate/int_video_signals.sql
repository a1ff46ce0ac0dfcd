{{ config(materialized='view') }}

with

player_signals as (

    select
        event_id,
        day,
        event_time,
        video_id,
        actor_key,
        session_id,
        cast(null as {{ engine_type('text') }}) as registration,
        event_type as signal,
        case
            when event_type not in ('seek', 'seeked') then position_seconds
            -- Only one place: that is where the player goes on, and where it left is unknown.
            when seek_to_seconds is null and seek_from_seconds is null then null
            else coalesce(seek_from_seconds, position_seconds)
        end as position_seconds,
        coalesce(seek_to_seconds, position_seconds) as resumes_at_seconds,
        duration_seconds,
        playback_rate,
        cast(null as {{ engine_type('text') }}) as played_segments
    from {{ ref('stg_video__events') }}

),

-- https://liveaspankaj.gitbooks.io/xapi-video-profile/content/statement_data_model.html
profile_signals as (

    select
        statement_id as event_id,
        day,
        event_time,
        object_id as video_id,
        actor_key,
        video_session_id as session_id,
        registration,
        verb as signal,
        case
            when verb in ('seek', 'seeked') and video_to_seconds is null and video_from_seconds is null then null
            else coalesce(video_from_seconds, video_time_seconds)
        end as position_seconds,
        coalesce(video_to_seconds, video_time_seconds) as resumes_at_seconds,
        video_length_seconds as duration_seconds,
        cast(null as {{ engine_type('number') }}) as playback_rate,
        case when {{ has_a_stretch('video_played_segments') }} then video_played_segments end as played_segments
    from {{ ref('stg_xapi__statements') }}
    where is_video

),

signals as (

    select * from player_signals
    union all
    select * from profile_signals

),

named as (

    select
        *,
        -- A registration may hold many people, so it names a viewer only together with the actor.
        coalesce(
            'session:' || nullif(session_id, '') || '|' || coalesce(actor_key, ''),
            'registration:' || registration || '|' || actor_key,
            actor_key
        ) as viewer_key,
        case
            when signal in ('played', 'playing', 'resume', 'resumed') then 'play'
            when signal = 'paused' then 'pause'
            when signal = 'seeked' then 'seek'
            when signal in ('end', 'finished', 'terminated') then 'ended'
            when signal in ('timeupdate', 'progress', 'ping') then 'heartbeat'
            when signal = 'ratechange' then 'rate_change'
            else signal
        end as told_signal
    from signals

)

select
    event_id,
    day,
    event_time,
    video_id,
    actor_key,
    {{ fingerprint(['viewer_key', 'video_id']) }} as viewing_key,
    nullif(session_id, '') as session_id,
    told_signal as signal,
    told_signal in ('segment_start', 'segment_end') as is_segment,
    told_signal in ('initialized', 'play', 'heartbeat', 'segment_start', 'segment_end') as is_start,
    -- Some players count from just below zero, and tell a length of 0 before they know it. None is longer than a day.
    {{ place_in_video('position_seconds') }} as position_seconds,
    {{ place_in_video('resumes_at_seconds') }} as resumes_at_seconds,
    case when duration_seconds > 0 and duration_seconds <= 86400 then duration_seconds end as duration_seconds,
    case when playback_rate between 0.05 and 16 then playback_rate end as playback_rate,
    played_segments
from named
where viewer_key is not null
