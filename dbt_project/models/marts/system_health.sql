{{ built_by_day() }}

with

totals as (

    select * from {{ ref('int_telemetry_periods') }}
    where {{ in_days('day') }}

),

days as (

    select distinct day from totals

),

-- Every hour of a day with telemetry has its row: an idle one says that there is no data. Of days that outlive their
-- events the day is all there is.
periods as (

    select
        'hour' as grain,
        {{ start_of_day('day', 'hour_of_day') }} as started_at,
        day
    from days
    cross join {{ numbers_below(24, 'hour_of_day') }}
    where {{ not_kept('day') }}

    union all

    select
        'day' as grain,
        {{ start_of_day('day') }} as started_at,
        day
    from days

),

system_health as (

    select
        periods.grain,
        periods.started_at,
        periods.day,
        totals.events is not null as has_data,
        totals.events,
        totals.samples,
        totals.cpu_avg,
        totals.cpu_max,
        totals.memory_avg,
        totals.memory_max,
        totals.disk_max,
        totals.throughput_avg,
        totals.reported_response_ms_avg,
        totals.reported_error_rate_avg,
        totals.active_sessions_max,
        totals.cache_hit_rate_avg,
        totals.network_io_avg,
        totals.requests,
        totals.errors,
        {{ ratio('totals.errors', 'totals.requests') }} as error_rate,
        totals.avg_ms,
        totals.p95_ms,
        totals.error_events
    from periods
    left join totals
        on periods.grain = totals.grain
            and periods.started_at = totals.started_at

)

select * from system_health
