{# What people did with activities that are no questions. An attempt may last over days, so each has its own rows. #}
{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select
        *,
        coalesce(success, false) or verb = 'passed' as has_succeeded,
        not coalesce(success, true) or verb = 'failed' as has_failed
    from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and object_url is not null
        and not is_question

),

int_activity_person_days as (

    select
        day,
        object_url as activity_url,
        identifier_key,
        attempt_key,
        min(event_time) as first_at,
        max(event_time) as last_at,
        min(case when verb = 'completed' then event_time end) as completed_at,
        min(case when verb = 'passed' then event_time end) as passed_at,
        min(case when completion then event_time end) as resulted_at,
        min(case when verb in ('satisfied', 'waived') then event_time end) as satisfied_at,
        {{ any_true('has_succeeded') }} as has_succeeded,
        {{ any_true('has_failed') }} as has_failed,
        max(score_scaled) as score_scaled
    from statements
    group by day, object_url, identifier_key, attempt_key

)

select * from int_activity_person_days
