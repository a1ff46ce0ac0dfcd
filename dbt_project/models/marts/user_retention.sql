with

people as (

    select
        person_key,
        min(week) as first_week,
        max(week) as last_week
    from {{ ref('int_person_weeks') }}
    group by person_key

),

-- The last week that is over is the one before the week of the last event: a Sunday with events may go on.
horizon as (

    select
        {{ week_number('max(local_day)') }} as last_week,
        {{ week_number('max(local_day)') }} - 1 as last_full_week
    from {{ ref('int_person_active_days') }}

),

cohorts as (

    select
        person_key,
        first_week,
        'first week' as cohort_kind,
        cast({{ day_after("date '1970-01-05'", '7 * first_week') }} as {{ engine_type('text') }}) as cohort
    from people
    union all
    select
        people.person_key,
        people.first_week,
        'roster' as cohort_kind,
        -- Who leaves is lost, not forgotten.
        coalesce(users.cohort, users.former_cohort) as cohort
    from people
    inner join {{ ref('users') }} as users
        on people.person_key = users.person_key
    where coalesce(users.cohort, users.former_cohort) is not null

),

sizes as (

    select
        cohorts.cohort_kind,
        cohorts.cohort,
        count(*) as cohort_size,
        min(cohorts.first_week) as first_week,
        max(cohorts.first_week) as last_first_week,
        max(horizon.last_week) as last_week,
        max(horizon.last_full_week) as last_full_week
    from cohorts
    cross join horizon
    group by cohorts.cohort_kind, cohorts.cohort

),

returns as (

    select
        cohorts.cohort_kind,
        cohorts.cohort,
        weeks.week - cohorts.first_week as week_number,
        count(*) as active,
        {{ count_where('weeks.week = people.last_week') }} as last_seen
    from cohorts
    inner join people
        on cohorts.person_key = people.person_key
    inner join {{ ref('int_person_weeks') }} as weeks
        on cohorts.person_key = weeks.person_key
    group by cohorts.cohort_kind, cohorts.cohort, weeks.week - cohorts.first_week

),

grid as (

    select
        sizes.*,
        week_number,
        sizes.last_first_week + week_number <= sizes.last_full_week as is_complete
    from sizes
    cross join {{ numbers_below('sizes.last_week - sizes.first_week + 1', 'week_number') }}

),

user_retention as (

    select
        grid.cohort_kind,
        grid.cohort,
        grid.week_number,
        grid.cohort_size,
        coalesce(returns.active, 0) as active,
        grid.is_complete,
        case when grid.is_complete then {{ ratio('coalesce(returns.active, 0)', 'grid.cohort_size') }} end
            as classic_rate,
        {{ ratio(
            total_over('coalesce(returns.last_seen, 0)', 'grid.cohort_kind, grid.cohort', 'grid.week_number desc'),
            'grid.cohort_size'
        ) }} as rolling_rate
    from grid
    left join returns
        on grid.cohort_kind = returns.cohort_kind
            and grid.cohort = returns.cohort
            and grid.week_number = returns.week_number

)

select * from user_retention
