with

places as (

    select * from {{ ref('lesson_places') }}
    where not is_mapped

),

person_days as (

    select * from {{ ref('int_lesson_person_days') }}
    where first_at is not null

),

exports as (

    select * from {{ ref('fact_exports') }}
    where lesson_id is null

),

unmapped_activities as (

    select
        'xapi' as source,
        places.activity_url as activity,
        count(distinct person_days.identifier_key) as identifiers,
        {{ total('person_days.answers') }} as answers,
        min(person_days.first_at) as first_seen_at,
        max(person_days.last_at) as last_seen_at
    from places
    inner join person_days
        on places.activity_url = person_days.activity_url
    group by places.activity_url
    union all
    select
        'export' as source,
        'lesson number ' || coalesce(lesson_number, 'missing') as activity,
        count(distinct actor_key) as identifiers,
        count(*) as answers,
        cast(null as {{ engine_type('timestamp') }}) as first_seen_at,
        cast(null as {{ engine_type('timestamp') }}) as last_seen_at
    from exports
    group by lesson_number

)

select * from unmapped_activities
