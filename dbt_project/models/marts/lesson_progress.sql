{# A view: names, cohorts and due dates are joined when it is read. It names no step twice: DuckDB 2.0 then forgets
   the limit of whoever reads it. #}
{{ config(materialized='view') }}

with

states as (

    select * from {{ ref('int_lesson_states') }}

),

users as (

    select * from {{ ref('users') }}

),

versions as (

    select * from {{ ref('lesson_versions') }}
    where is_current

),

lesson_progress as (

    select
        users.person_id,
        users.full_name,
        users.email,
        users.cohort,
        states.lesson_id,
        versions.lesson_number,
        versions.lesson_name,
        versions.position,
        states.course_id,
        states.started_at,
        {{ local_day('states.started_at') }} as started_local_day,
        states.last_at,
        states.completed_at,
        {{ local_day('states.completed_at') }} as completed_local_day,
        case when states.completed_at is not null then 'completed' else 'partial' end as status,
        case
            when states.completed_at is null then null
            when states.completed_at = states.signalled_at then 'signalled'
            else 'every card reached'
        end as completion_rule,
        states.cards_reached,
        states.cards_known,
        states.answers,
        coalesce(own_due.due_on, common_due.due_on) as due_on,
        {{ local_day('states.completed_at') }} <= coalesce(own_due.due_on, common_due.due_on) as is_on_time
    from states
    inner join users
        on states.person_key = users.person_key
    left join versions
        on states.lesson_id = versions.lesson_id
    left join {{ ref('due_dates') }} as own_due
        on states.lesson_id = own_due.lesson_id
            and users.cohort = own_due.cohort
    left join {{ ref('due_dates') }} as common_due
        on states.lesson_id = common_due.lesson_id
            and common_due.cohort = '*'

)

select * from lesson_progress
