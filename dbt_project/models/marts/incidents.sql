with

incidents as (

    select
        incident_id,
        group_id,
        day,
        series_id,
        metric,
        source,
        dimension,
        member,
        grain,
        started_at,
        last_at,
        ended_at,
        status,
        direction,
        severity,
        peak_at,
        observed,
        expected,
        low,
        high,
        deviation,
        z,
        signal,
        points,
        nature,
        failed_checks,
        explained_by,
        verdict,
        version
    from {{ source('insights', 'incidents') }}
    where {{ in_any_day('day') }}

)

select * from incidents
