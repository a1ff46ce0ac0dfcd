{{ built_by_key(
    'person_key', inputs=['int_user_days', 'int_merged_identifiers'], type='bigint', people=true
) }}

with

person_days as (

    select distinct
        coalesce(merged.person_key, user_days.identifier_key) as person_key,
        user_days.local_day
    from {{ ref('int_user_days') }} as user_days
    left join {{ ref('int_merged_identifiers') }} as merged
        on user_days.identifier_key = merged.identifier_key
    where {{ is_touched_person('user_days.identifier_key') }}

),

int_person_active_days as (

    select
        person_key,
        local_day,
        lag(local_day) over (partition by person_key order by local_day) as day_before,
        lead(local_day) over (partition by person_key order by local_day) as day_after
    from person_days

)

select * from int_person_active_days
