{# State at the end of each local day, from the first day on which anybody of the cohort had started anything. Changes
   are added up: a start, a completion, and a member's leaving. #}
with

changed_days as (

    select * from {{ ref('int_cohort_changes') }}

),

cohort_lessons as (

    select
        cohort,
        lesson_id,
        min(local_day) as first_day
    from changed_days
    group by cohort, lesson_id

),

span as (

    select
        min(local_day) as first_day,
        {{ days_between('min(local_day)', 'max(local_day)') }} + 1 as days
    from {{ ref('int_person_active_days') }}

),

-- Every day of the calendar: a Sunday without any event has a state too.
calendar as (

    select {{ day_after('span.first_day', 'number') }} as local_day
    from span
    cross join {{ numbers_below('span.days', 'number') }}

),

days as (

    select
        cohort_lessons.cohort,
        cohort_lessons.lesson_id,
        calendar.local_day
    from cohort_lessons
    inner join calendar
        on cohort_lessons.first_day <= calendar.local_day

),

states as (

    select
        days.cohort,
        days.lesson_id,
        days.local_day,
        {{ total_over('coalesce(changed_days.started, 0)', 'days.cohort, days.lesson_id', 'days.local_day') }}
            as started,
        {{ total_over('coalesce(changed_days.completed, 0)', 'days.cohort, days.lesson_id', 'days.local_day') }}
            as completed
    from days
    left join changed_days
        on days.cohort = changed_days.cohort
            and days.lesson_id = changed_days.lesson_id
            and days.local_day = changed_days.local_day

),

roster_sizes as (

    select
        members.cohort,
        calendar.local_day,
        count(*) as roster_size
    from {{ ref('int_cohort_members') }} as members
    inner join calendar
        on members.left_on > calendar.local_day
    group by members.cohort, calendar.local_day

),

cohort_daily_progress as (

    select
        states.cohort,
        states.local_day,
        states.lesson_id,
        versions.lesson_number,
        versions.lesson_name,
        versions.position,
        roster_sizes.roster_size,
        states.completed,
        states.started - states.completed as partial,
        roster_sizes.roster_size - states.started as not_started,
        {{ ratio('states.completed', 'roster_sizes.roster_size') }} as completed_share,
        coalesce(own_due.due_on, common_due.due_on) as due_on
    from states
    inner join roster_sizes
        on states.cohort = roster_sizes.cohort
            and states.local_day = roster_sizes.local_day
    left join {{ ref('lesson_versions') }} as versions
        on states.lesson_id = versions.lesson_id
            and states.local_day >= versions.first_day
            and (versions.next_from is null or states.local_day < versions.next_from)
    left join {{ ref('due_dates') }} as own_due
        on states.lesson_id = own_due.lesson_id
            and states.cohort = own_due.cohort
    left join {{ ref('due_dates') }} as common_due
        on states.lesson_id = common_due.lesson_id
            and common_due.cohort = '*'

)

select * from cohort_daily_progress
