with

person_days as (

    {{ days_of_people('int_user_days') }}

),

active_days as (

    select distinct
        person_key,
        local_day
    from person_days

),

int_person_active_days as (

    select
        person_key,
        local_day,
        lag(local_day) over (partition by person_key order by local_day) as day_before,
        lead(local_day) over (partition by person_key order by local_day) as day_after
    from active_days

)

select * from int_person_active_days
