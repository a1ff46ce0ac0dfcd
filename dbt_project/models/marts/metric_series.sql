{{ built_by_day() }}

with

metric_series as (

    select
        day,
        series_id,
        metric,
        source,
        dimension,
        member,
        grain,
        started_at,
        value,
        numerator,
        denominator,
        unit,
        version
    from {{ source('insights', 'series') }}
    where {{ in_days('day') }}

)

select * from metric_series
