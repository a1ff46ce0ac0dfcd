{{ built_by_day(after=var('repeat_days')) }}

with

firings as (

    select * from {{ source('labels', 'safety') }}
    where {{ in_days('day') }}

),

statements as (

    select
        statement_id as answer_id,
        day,
        actor_key,
        {{ local_day('event_time') }} as local_day
    from {{ ref('int_statements') }}
    where {{ in_days('day') }}

),

-- An export has no time, so its answers have no business day.
exports as (

    select
        response_id as answer_id,
        day,
        actor_key,
        cast(null as date) as local_day
    from {{ source('responses', 'exports') }}
    where {{ in_days('day') }}

),

answers as (

    select * from statements
    union all
    select * from exports

),

int_safety_firings as (

    select
        firings.firing_id,
        firings.day,
        answers.local_day,
        firings.answer_id,
        answers.actor_key,
        firings.rule,
        firings.tier,
        firings.cohort,
        firings.words,
        firings.version,
        firings.fired_at
    from firings
    inner join answers
        on firings.answer_id = answers.answer_id
            and firings.day = answers.day

)

select * from int_safety_firings
