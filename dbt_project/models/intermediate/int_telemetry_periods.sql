{{ built_by_day() }}

with

events as (

    select
        *,
        -- One session id of two people is two visits, as in sessions.
        coalesce('session:' || session_id || '|' || coalesce(actor_key, ''), actor_key) as visitor_key,
        case kind when 'api_request' then response_ms when 'cognitive_process' then processing_ms end as took_ms
    from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day') }}
        and {{ not_kept('day') }}

),

placed as (

    {{ in_hours_and_days('events') }}

),

ranked as (

    select
        *,
        {{ place_of('took_ms', ['grain', 'started_at', 'kind']) }} as value_rank,
        {{ values_found('took_ms', ['grain', 'started_at', 'kind']) }} as values_found
    from placed

),

totals as (

    select
        grain,
        started_at,
        day,
        count(*) as events,
        count(distinct actor_key) as active_users,
        {{ count_where("kind = 'action'") }} as actions,
        {{ count_where("kind = 'error'") }} as error_events,
        {{ count_where("kind = 'api_request'") }} as requests,
        {{ count_where("kind = 'api_request' and status_code >= 500") }} as errors,
        avg(case when kind = 'api_request' then took_ms end) as avg_ms,
        {{ percentile("case when kind = 'api_request' then took_ms end", 95) }} as p95_ms,
        {{ count_where("kind = 'cognitive_process'") }} as runs,
        {{ count_where("kind = 'cognitive_process' and success") }} as succeeded,
        {{ count_where("kind = 'cognitive_process' and success is not null") }} as known_runs,
        {{ percentile("case when kind = 'cognitive_process' then took_ms end", 95) }} as ai_p95_ms,
        {{ count_where("kind = 'system_metrics'") }} as samples,
        avg(cpu) as cpu_avg,
        max(cpu) as cpu_max,
        avg(memory) as memory_avg,
        max(memory) as memory_max,
        max(disk) as disk_max,
        avg(throughput) as throughput_avg,
        avg(case when kind = 'system_metrics' then response_ms end) as reported_response_ms_avg,
        avg(error_rate) as reported_error_rate_avg,
        max(active_sessions) as active_sessions_max,
        avg(cache_hit_rate) as cache_hit_rate_avg,
        avg(network_io) as network_io_avg
    from ranked
    group by grain, started_at, day

),

visits as (

    select
        grain,
        started_at,
        visitor_key,
        {{ count_where("kind = 'action'") }} as actions
    from placed
    where visitor_key is not null
    group by grain, started_at, visitor_key

),

visit_totals as (

    select
        grain,
        started_at,
        count(*) as sessions,
        {{ count_where('actions >= 2') }} as engaged_sessions
    from visits
    group by grain, started_at

),

int_telemetry_periods as (

    select
        totals.*,
        visit_totals.sessions,
        visit_totals.engaged_sessions
    from totals
    left join visit_totals
        on totals.grain = visit_totals.grain
            and totals.started_at = visit_totals.started_at

    union all

    {{ kept_days('telemetry_days') }}

)

select * from int_telemetry_periods
