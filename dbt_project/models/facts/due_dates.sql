{# Due dates of the current map; the cohort '*' is every cohort without a date of its own. #}
with

mapped_dates as (

    select * from {{ source('lessons', 'due_dates') }}

),

newest as (

    select
        valid_from,
        max(batch_id) as batch_id
    from mapped_dates
    group by valid_from

),

current_map as (

    select * from {{ ref('int_lesson_map') }}
    where next_from is null

),

due_dates as (

    select
        current_map.lesson_id,
        coalesce(mapped_dates.cohort, '*') as cohort,
        min(mapped_dates.due_on) as due_on
    from mapped_dates
    inner join newest
        on mapped_dates.batch_id = newest.batch_id
    inner join current_map
        on mapped_dates.valid_from = current_map.valid_from
            and mapped_dates.lesson_number = current_map.lesson_number
    group by current_map.lesson_id, coalesce(mapped_dates.cohort, '*')

)

select * from due_dates
