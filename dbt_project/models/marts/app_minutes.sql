{{ built_by_day() }}

with

events as (

    select
        day,
        {{ start_of_minute('event_time') }} as started_at,
        kind,
        actor_key,
        status_code,
        success,
        case kind when 'api_request' then response_ms when 'cognitive_process' then processing_ms end as took_ms
    from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day') }}
        and {{ not_kept('day') }}

),

ranked as (

    select
        *,
        {{ place_of('took_ms', ['started_at', 'kind']) }} as value_rank,
        {{ values_found('took_ms', ['started_at', 'kind']) }} as values_found
    from events

),

totals as (

    select
        started_at,
        day,
        count(*) as events,
        count(distinct actor_key) as active_users,
        {{ count_where("kind = 'api_request'") }} as requests,
        {{ count_where("kind = 'api_request' and status_code >= 500") }} as errors,
        avg(case when kind = 'api_request' then took_ms end) as avg_ms,
        {{ percentile("case when kind = 'api_request' then took_ms end", 95) }} as p95_ms,
        {{ count_where("kind = 'cognitive_process'") }} as runs,
        {{ count_where("kind = 'cognitive_process' and success") }} as succeeded,
        {{ count_where("kind = 'cognitive_process' and success is not null") }} as known_runs,
        avg(case when kind = 'cognitive_process' then took_ms end) as ai_avg_ms
    from ranked
    group by started_at, day

),

app_minutes as (

    select
        started_at,
        day,
        events,
        active_users,
        requests,
        errors,
        {{ ratio('errors', 'requests') }} as error_rate,
        avg_ms,
        p95_ms,
        runs,
        {{ ratio('succeeded', 'known_runs') }} as success_rate,
        ai_avg_ms
    from totals

)

select * from app_minutes
