{{ built_by_day(before=2, after=2) }}

with

-- Two days beyond the days that sessions are replaced for, on both sides: more cannot matter, see cut below.
events as (

    select
        *,
        -- A session id that two people use is two sessions.
        coalesce('session:' || session_id || '|' || coalesce(actor_key, ''), actor_key) as visitor_key
    from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day', before=2, after=2) }}
        and coalesce(session_id, actor_key) is not null

),

gaps as (

    select
        *,
        {{ seconds_between('lag(event_time) over visit', 'event_time') }} as seconds_since_last
    from events
    window visit as (partition by visitor_key order by event_time, event_id)

),

-- A given id holds a session together over pauses; 24 hours of silence end it all the same.
numbered as (

    select
        *,
        sum(
            case
                when session_id is null and seconds_since_last > {{ var('session_gap_seconds') }} then 1
                when seconds_since_last > 86400 then 1
                else 0
            end
        ) over (
            partition by visitor_key order by event_time, event_id rows between unbounded preceding and current row
        ) as visit_number
    from gaps

),

visit_days as (

    select
        visitor_key,
        visit_number,
        day,
        max(session_id) as session_id,
        max(actor_key) as actor_key,
        min(event_time) as first_at,
        max(event_time) as last_at,
        count(*) as events,
        {{ count_where("kind = 'action'") }} as actions,
        {{ count_where("kind = 'api_request'") }} as requests,
        {{ count_where("kind = 'error' or (kind = 'api_request' and status_code >= 500)") }} as errors
    from numbered
    group by visitor_key, visit_number, day

),

spans as (

    select
        *,
        {{ seconds_between(
            'min(first_at) over (partition by visitor_key, visit_number)',
            'max(last_at) over (partition by visitor_key, visit_number)'
        ) }} > 86400 as is_cut
    from visit_days

),

-- cut: no session lasts longer than 24 hours. What would is cut at every midnight (UTC), not 24 hours after its start,
-- which could lie any number of days back: so a day can be built alone and come out the same.
pieces as (

    select
        visitor_key,
        visit_number,
        max(session_id) as session_id,
        max(actor_key) as actor_key,
        min(first_at) as started_at,
        max(last_at) as ended_at,
        is_cut,
        {{ total('events') }} as events,
        {{ total('actions') }} as actions,
        {{ total('requests') }} as requests,
        {{ total('errors') }} as errors
    from spans
    group by visitor_key, visit_number, is_cut, case when is_cut then day end

),

fact_sessions as (

    select
        {{ made_id(['visitor_key', microseconds('started_at')]) }} as session_key,
        session_id,
        actor_key,
        {{ utc_day('started_at') }} as day,
        {{ local_day('started_at') }} as local_day,
        started_at,
        ended_at,
        {{ seconds_between('started_at', 'ended_at') }} as duration_seconds,
        events,
        actions,
        requests,
        errors,
        is_cut
    from pieces

)

select * from fact_sessions
where {{ in_days('day') }}
