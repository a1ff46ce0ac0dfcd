{# Days to join metrics to that look back over a window; BigQuery and DuckDB agree on them without asking the data. #}
with

calendar as (

    select {{ day_after("date '2015-01-01'", 'n') }} as calendar_day
    from (select 1 as one) as start_of_calendar
    cross join {{ numbers_below(9131, 'n') }}

)

select * from calendar
