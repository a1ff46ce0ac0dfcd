{{ config(materialized='ephemeral') }}

with

int_person_weeks as (

    select distinct
        person_key,
        {{ week_number('local_day') }} as week
    from {{ ref('int_person_active_days') }}

)

select * from int_person_weeks
