{# Due dates of the current map; the cohort '*' is every cohort without a date of its own. #}
with

due_dates as (

    select * from {{ source('lessons', 'due_dates') }}

),

newest as (

    select
        valid_from,
        max(batch_id) as batch_id
    from due_dates
    group by valid_from

),

current_map as (

    select * from {{ ref('int_lesson_map') }}
    where next_from is null

),

int_due_dates as (

    select
        current_map.lesson_id,
        coalesce(due_dates.cohort, '*') as cohort,
        min(due_dates.due_on) as due_on
    from due_dates
    inner join newest
        on due_dates.batch_id = newest.batch_id
    inner join current_map
        on due_dates.valid_from = current_map.valid_from
            and due_dates.lesson_number = current_map.lesson_number
    group by current_map.lesson_id, coalesce(due_dates.cohort, '*')

)

select * from int_due_dates
