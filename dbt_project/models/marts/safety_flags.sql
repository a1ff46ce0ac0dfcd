with

firings as (

    select * from {{ ref('int_safety_firings') }}

),

persons as (

    select * from {{ ref('person_identifiers') }}

),

users as (

    select * from {{ ref('users') }}

),

safety_flags as (

    select
        firings.firing_id,
        firings.answer_id,
        case when firings.rule = 'chat' then 'chat' else 'answer' end as source,
        firings.day,
        firings.local_day,
        users.person_id,
        users.full_name,
        users.cohort,
        firings.tier,
        firings.rule,
        firings.words,
        firings.version,
        firings.fired_at
    from firings
    inner join persons
        on firings.actor_key = persons.identifier
    inner join users
        on persons.person_id = users.person_id
    -- A cohort's own words fire for its members only.
    where firings.cohort is null
        or firings.cohort = users.cohort

)

select * from safety_flags
