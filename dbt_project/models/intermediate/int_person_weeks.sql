{# A week is known by its first active day. #}
{{ config(materialized='ephemeral') }}

with

int_person_weeks as (

    select
        person_key,
        {{ week_number('local_day') }} as week
    from {{ ref('int_person_active_days') }}
    where day_before is null
        or {{ week_number('day_before') }} < {{ week_number('local_day') }}

)

select * from int_person_weeks
