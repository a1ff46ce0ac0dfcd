with

person_days as (

    {{ days_of_people('int_activity_person_days') }}

),

fact_completions as (

    select
        person_key,
        activity_url,
        min(first_at) as started_at,
        max(last_at) as last_at,
        min(completed_at) as completed_at,
        min(passed_at) as passed_at,
        min(resulted_at) as resulted_at,
        min(satisfied_at) as satisfied_at,
        case when {{ any_true('has_succeeded') }} then true when {{ any_true('has_failed') }} then false end as success,
        max(score_scaled) as score_scaled,
        nullif(count(distinct attempt_key), 0) as attempts
    from person_days
    group by person_key, activity_url

)

select * from fact_completions
