-- Two lessons that share a url cannot be told apart: they are one, under both numbers.
with

lesson_map as (

    select * from {{ ref('int_lesson_map') }}

),

lesson_versions as (

    select
        lesson_id,
        first_day,
        next_from,
        next_from is null as is_current,
        min(position) as position,
        string_agg(lesson_number, ' / ' order by position) as lesson_number,
        string_agg(name, ' / ' order by position) as lesson_name
    from lesson_map
    group by lesson_id, first_day, next_from

)

select * from lesson_versions
