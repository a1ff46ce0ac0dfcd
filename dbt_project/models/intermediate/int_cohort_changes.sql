{{ config(materialized='ephemeral') }}

with

members as (

    select * from {{ ref('int_cohort_members') }}

),

progress as (

    select
        members.cohort,
        members.left_on,
        states.lesson_id,
        {{ local_day('states.started_at') }} as started_local_day,
        {{ local_day('states.completed_at') }} as completed_local_day
    from {{ ref('int_lesson_states') }} as states
    inner join members
        on states.person_key = members.person_key
    where {{ local_day('states.started_at') }} < members.left_on

),

changes as (

    select
        cohort,
        lesson_id,
        started_local_day as local_day,
        1 as started,
        0 as completed
    from progress
    union all
    select
        cohort,
        lesson_id,
        completed_local_day as local_day,
        0 as started,
        1 as completed
    from progress
    where completed_local_day < left_on
    union all
    select
        cohort,
        lesson_id,
        left_on as local_day,
        -1 as started,
        case when completed_local_day < left_on then -1 else 0 end as completed
    from progress
    where left_on < date '9999-12-31'

),

int_cohort_changes as (

    select
        cohort,
        lesson_id,
        local_day,
        {{ total('started') }} as started,
        {{ total('completed') }} as completed
    from changes
    group by cohort, lesson_id, local_day

)

select * from int_cohort_changes
