with

learner_risk as (

    select
        risk_id,
        day,
        person_id,
        chance,
        because,
        horizon_days,
        reason,
        auc,
        base_rate,
        calibration_error,
        learners_tested,
        version,
        day = max(day) over () as is_latest
    from {{ source('insights', 'learner_risk') }}
    where {{ in_any_day('day') }}

)

select * from learner_risk
