with

-- Many people share a day, the active day before it and the one after it. Days and weeks are counted from a Monday, so
-- that the period before is one less.
numbered as (

    select
        count(*) as people,
        {{ days_between("date '1970-01-05'", 'local_day') }} as day_number,
        {{ days_between("date '1970-01-05'", 'day_before') }} as day_number_before,
        {{ days_between("date '1970-01-05'", 'day_after') }} as day_number_after,
        {{ week_number('local_day') }} as week,
        {{ week_number('day_before') }} as week_before,
        {{ week_number('day_after') }} as week_after
    from {{ ref('int_person_active_days') }}
    group by local_day, day_before, day_after

),

-- A week begins with its first active day and ends with its last.
periods as (

    select
        'day' as period,
        people,
        day_number as period_number,
        day_number_before as period_before,
        day_number_after as period_after,
        true as is_start,
        true as is_end,
        max(day_number) over () as last_period
    from numbered
    union all
    select
        'week' as period,
        people,
        week as period_number,
        week_before as period_before,
        week_after as period_after,
        coalesce(week_before < week, true) as is_start,
        coalesce(week_after > week, true) as is_end,
        max(week) over () as last_period
    from numbered

),

arrivals as (

    select
        period,
        period_number,
        {{ total('people') }} as active_people,
        {{ total('case when period_before is null then people else 0 end') }} as new_people,
        {{ total('case when period_before = period_number - 1 then people else 0 end') }} as returning_people,
        {{ total('case when period_before < period_number - 1 then people else 0 end') }} as resurrecting_people
    from periods
    where is_start
    group by period, period_number

),

-- Active in one period and not in the next: dormant there. Of the period after the last one nobody knows yet.
departures as (

    select
        period,
        period_number + 1 as period_number,
        {{ total('people') }} as dormant_people
    from periods
    where is_end
        and period_number < last_period
        and (period_after is null or period_after > period_number + 1)
    group by period, period_number

),

all_periods as (

    select
        period,
        period_number
    from arrivals
    union distinct
    select
        period,
        period_number
    from departures

),

user_lifecycle as (

    select
        all_periods.period,
        {{ day_after(
            "date '1970-01-05'", "case when all_periods.period = 'week' then 7 else 1 end * all_periods.period_number"
        ) }} as period_start,
        coalesce(arrivals.active_people, 0) as active_people,
        coalesce(arrivals.new_people, 0) as new_people,
        coalesce(arrivals.returning_people, 0) as returning_people,
        coalesce(arrivals.resurrecting_people, 0) as resurrecting_people,
        coalesce(departures.dormant_people, 0) as dormant_people
    from all_periods
    left join arrivals
        on all_periods.period = arrivals.period
            and all_periods.period_number = arrivals.period_number
    left join departures
        on all_periods.period = departures.period
            and all_periods.period_number = departures.period_number

)

select * from user_lifecycle
