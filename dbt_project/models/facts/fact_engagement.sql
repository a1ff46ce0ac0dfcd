with

person_days as (

    {{ days_of_people('int_engagement_days') }}

),

fact_engagement as (

    select
        person_key,
        day as local_day,
        {{ total('visits') }} as visits,
        {{ total('events') }} as events,
        {{ total('actions') }} as actions,
        {{ total('requests') }} as requests,
        {{ total('errors') }} as errors,
        {{ total('ai_runs') }} as ai_runs,
        {{ total('engaged_seconds') }} as engaged_seconds,
        min(first_at) as first_at,
        max(last_at) as last_at
    from person_days
    group by person_key, day

)

select * from fact_engagement
