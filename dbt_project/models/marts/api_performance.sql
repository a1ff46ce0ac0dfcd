{{ built_by_day() }}

{% set period = ['grain', 'started_at', 'endpoint'] %}

with

requests as (

    select
        day,
        event_time,
        coalesce(nullif(place, ''), 'unknown') as endpoint,
        status_code,
        response_ms
    from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day') }}
        and {{ not_kept('day') }}
        and kind = 'api_request'

),

placed as (

    {{ in_hours_and_days('requests') }}

),

ranked as (

    select
        *,
        {{ place_of('response_ms', period) }} as value_rank,
        {{ values_found('response_ms', period) }} as values_found
    from placed

),

counted as (

    select
        grain,
        started_at,
        day,
        endpoint,
        count(*) as requests,
        {{ count_where('status_code >= 500') }} as errors,
        {{ count_where('status_code between 400 and 499') }} as client_errors,
        count(response_ms) as timed_requests,
        avg(response_ms) as avg_ms,
        {{ percentile('response_ms', 50) }} as p50_ms,
        {{ percentile('response_ms', 95) }} as p95_ms,
        max(response_ms) as max_ms
    from ranked
    group by grain, started_at, day, endpoint

),

kept as (

    {{ kept_days('api_days') }}

),

everything as (

    select * from counted
    union all
    select * from kept

),

api_performance as (

    select
        grain,
        started_at,
        day,
        endpoint,
        requests,
        errors,
        client_errors,
        {{ ratio('errors', 'requests') }} as error_rate,
        timed_requests,
        avg_ms,
        p50_ms,
        p95_ms,
        max_ms
    from everything

)

select * from api_performance
