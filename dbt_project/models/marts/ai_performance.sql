{{ built_by_day() }}

{% set period = ['grain', 'started_at', 'process_kind'] %}

with

processes as (

    select
        day,
        event_time,
        coalesce(nullif(process_kind, ''), 'unknown') as process_kind,
        success,
        processing_ms,
        input_tokens,
        output_tokens
    from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day') }}
        and {{ not_kept('day') }}
        and kind = 'cognitive_process'

),

placed as (

    {{ in_hours_and_days('processes') }}

),

ranked as (

    select
        *,
        {{ place_of('processing_ms', period) }} as value_rank,
        {{ values_found('processing_ms', period) }} as values_found
    from placed

),

counted as (

    select
        grain,
        started_at,
        day,
        process_kind,
        count(*) as runs,
        {{ count_where('success') }} as succeeded,
        {{ count_where('not success') }} as failed,
        count(processing_ms) as timed_runs,
        avg(processing_ms) as avg_ms,
        {{ percentile('processing_ms', 50) }} as p50_ms,
        {{ percentile('processing_ms', 95) }} as p95_ms,
        {{ total('input_tokens') }} as input_tokens,
        {{ total('output_tokens') }} as output_tokens
    from ranked
    group by grain, started_at, day, process_kind

),

kept as (

    {{ kept_days('ai_days') }}

),

everything as (

    select * from counted
    union all
    select * from kept

),

ai_performance as (

    select
        grain,
        started_at,
        day,
        process_kind,
        runs,
        succeeded,
        failed,
        {{ ratio('succeeded', '(succeeded + failed)') }} as success_rate,
        timed_runs,
        avg_ms,
        p50_ms,
        p95_ms,
        input_tokens,
        output_tokens
    from everything

)

select * from ai_performance
