with

active_days as (

    select * from {{ ref('int_person_active_days') }}

),

-- Days and weeks are counted from a Monday, so that the period before is one less.
periods as (

    select distinct
        'day' as period,
        person_key,
        {{ days_between("date '1970-01-05'", 'local_day') }} as period_number
    from active_days
    union all
    select distinct
        'week' as period,
        person_key,
        {{ week_number('local_day') }} as period_number
    from active_days

),

neighbours as (

    select
        period,
        person_key,
        period_number,
        lag(period_number) over (partition by period, person_key order by period_number) as period_before,
        lead(period_number) over (partition by period, person_key order by period_number) as period_after
    from periods

),

arrivals as (

    select
        period,
        period_number,
        count(*) as active_people,
        {{ count_where('period_before is null') }} as new_people,
        {{ count_where('period_before = period_number - 1') }} as returning_people,
        {{ count_where('period_before < period_number - 1') }} as resurrecting_people
    from neighbours
    group by period, period_number

),

-- Active in one period and not in the next: dormant there.
departures as (

    select
        period,
        period_number + 1 as period_number,
        count(*) as dormant_people
    from neighbours
    where period_after is null
        or period_after > period_number + 1
    group by period, period_number

),

last_periods as (

    select
        period,
        max(period_number) as last_period
    from neighbours
    group by period

),

all_periods as (

    select
        period,
        period_number
    from arrivals
    union distinct
    select
        departures.period,
        departures.period_number
    from departures
    inner join last_periods
        on departures.period = last_periods.period
            and departures.period_number <= last_periods.last_period

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
