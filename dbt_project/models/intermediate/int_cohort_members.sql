{{ config(materialized='ephemeral') }}

with

int_cohort_members as (

    select
        persons.person_key,
        roster.cohort,
        min(coalesce(roster.left_on, date '9999-12-31')) as left_on
    from {{ ref('int_roster_members') }} as roster
    inner join {{ ref('int_persons') }} as persons
        on roster.identifier = persons.identifier
    group by persons.person_key, roster.cohort

)

select * from int_cohort_members
