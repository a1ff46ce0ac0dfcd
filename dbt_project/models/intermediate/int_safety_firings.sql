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

-- Of a chat only the gravest tier of each turn is kept, without rule and words.
turns as (

    select
        concat(labels.message_id, '|chat') as firing_id,
        messages.day,
        {{ local_day('messages.created_at') }} as local_day,
        labels.message_id as answer_id,
        messages.actor_key,
        'chat' as rule,
        labels.safety as tier,
        cast(null as {{ engine_type('text') }}) as cohort,
        cast(null as {{ engine_type('text') }}) as words,
        labels.version,
        messages.created_at as fired_at
    from {{ source('labels', 'exchanges') }} as labels
    inner join {{ ref('stg_nocodb__messages') }} as messages
        on labels.message_id = messages.message_id
            and labels.day = messages.day
    where {{ in_days('labels.day') }}
        and {{ in_days('messages.day') }}
        and labels.safety in ('critical', 'high', 'medium')

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

    union all

    select * from turns

)

select * from int_safety_firings
