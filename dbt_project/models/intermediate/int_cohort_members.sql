{{ config(materialized='ephemeral') }}

with

int_cohort_members as (

    select
        person_identifiers.person_key,
        roster.cohort,
        min(coalesce(roster.left_on, date '9999-12-31')) as left_on
    from {{ ref('int_roster_members') }} as roster
    inner join {{ ref('person_identifiers') }} as person_identifiers
        on roster.identifier = person_identifiers.identifier
    group by person_identifiers.person_key, roster.cohort

)

select * from int_cohort_members
