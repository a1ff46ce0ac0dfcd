{# The lesson map is one course; without it a lesson is of the course that its statements name, else its own. #}
with

places as (

    select * from {{ ref('lesson_places') }}
    where lesson_id is not null

),

placed as (

    select
        places.lesson_id,
        {{ any_true('places.is_mapped') }} as is_mapped,
        max(activities.course_url) as course_url,
        max(case when places.is_own then activities.move_on end) as move_on
    from places
    left join {{ ref('known_activities') }} as activities
        on places.activity_url = activities.activity_url
    group by places.lesson_id

),

-- A lesson of the map that nobody has opened belongs to the course all the same.
mapped as (

    select lesson_id from {{ ref('lesson_versions') }}
    where is_current

),

lesson_courses as (

    select
        coalesce(placed.lesson_id, mapped.lesson_id) as lesson_id,
        case
            when mapped.lesson_id is not null then 'map'
            else coalesce(placed.course_url, placed.lesson_id)
        end as course_id,
        placed.move_on
    from placed
    full outer join mapped
        on placed.lesson_id = mapped.lesson_id

)

select * from lesson_courses
