with

forecasts as (

    select
        forecast_id,
        day,
        series_id,
        metric,
        source,
        dimension,
        member,
        step,
        forecast_for,
        mean,
        low_80,
        high_80,
        low_95,
        high_95,
        reason,
        model,
        folds,
        mase,
        coverage_80,
        coverage_95,
        reaches_limit,
        limit_reached_at,
        limit_earliest_at,
        limit_latest_at,
        version,
        day = max(day) over () as is_latest
    from {{ source('insights', 'forecasts') }}
    where {{ in_any_day('day') }}

)

select * from forecasts
