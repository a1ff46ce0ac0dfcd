with

user_days as (

    select distinct
        {{ fingerprint(['actor_key']) }} as identifier_key,
        local_day
    from {{ ref('int_user_days') }}

),

merged as (

    select
        identifier_key,
        person_key as main_key
    from {{ ref('person_identifiers') }}
    where identifier_key <> person_key

),

int_person_active_days as (

    select distinct
        coalesce(merged.main_key, user_days.identifier_key) as person_key,
        user_days.local_day
    from user_days
    left join merged
        on user_days.identifier_key = merged.identifier_key

)

select * from int_person_active_days
