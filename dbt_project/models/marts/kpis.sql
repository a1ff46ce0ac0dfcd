{{ built_by_day() }}

with

totals as (

    select * from {{ ref('int_telemetry_periods') }}
    where {{ in_days('day') }}

),

periods as (

    select
        grain,
        started_at,
        day
    from {{ ref('system_health') }}
    where {{ in_days('day') }}

),

-- The fullest of what a machine can run out of; a reading that is missing says nothing of the others.
readings as (

    select
        grain,
        started_at,
        case
            when coalesce(cpu_max, memory_max, disk_max) is not null
                then greatest(coalesce(cpu_max, 0.0), coalesce(memory_max, 0.0), coalesce(disk_max, 0.0))
        end as load
    from totals

),

inputs as (

    select
        periods.grain,
        periods.started_at,
        periods.day,
        totals.active_users,
        totals.sessions,
        totals.engaged_sessions,
        totals.actions,
        {{ ratio('totals.engaged_sessions', 'totals.sessions') }} as engaged_session_share,
        {{ ratio('totals.actions', 'totals.sessions') }} as actions_per_session,
        totals.requests,
        totals.errors,
        {{ ratio('totals.errors', 'totals.requests') }} as error_rate,
        totals.p95_ms,
        readings.load,
        totals.runs,
        totals.known_runs,
        {{ ratio('totals.succeeded', 'totals.known_runs') }} as success_rate,
        totals.ai_p95_ms
    from periods
    left join totals
        on periods.grain = totals.grain
            and periods.started_at = totals.started_at
    left join readings
        on periods.grain = readings.grain
            and periods.started_at = readings.started_at

),

parts as (

    select
        *,
        engaged_session_share as engaged,
        {{ between_0_and_1('actions_per_session / ' ~ kpi('kpi_targets', 'actions_per_session')) }} as depth,
        {{ from_good_to_bad('error_rate', 0, kpi('kpi_targets', 'error_rate')) }} as availability,
        {{ from_good_to_bad('p95_ms', kpi('kpi_targets', 'response_ms'), kpi('kpi_targets', 'response_ms_worst')) }}
            as speed,
        {{ from_good_to_bad('load', kpi('kpi_targets', 'load'), 100) }} as headroom,
        success_rate as success,
        {{ from_good_to_bad('ai_p95_ms', kpi('kpi_targets', 'ai_ms'), kpi('kpi_targets', 'ai_ms_worst')) }}
            as ai_speed
    from inputs

),

kpis as (

    select
        grain,
        started_at,
        day,
        {{ score(['engaged', 'depth']) }} as engagement,
        {{ score(['availability', 'speed', 'headroom']) }} as system_health,
        {{ score(['success', 'ai_speed']) }} as ai_performance,
        active_users,
        sessions,
        engaged_sessions,
        actions,
        engaged_session_share,
        actions_per_session,
        requests,
        errors,
        error_rate,
        p95_ms,
        load,
        runs,
        known_runs,
        success_rate,
        ai_p95_ms
    from parts

)

select * from kpis
