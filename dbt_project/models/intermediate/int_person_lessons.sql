with

person_days as (

    select * from {{ ref('int_lesson_person_days') }}

),

places as (

    select * from {{ ref('lesson_places') }}
    where lesson_id is not null

),

last_cards as (

    select distinct
        lesson_id,
        last_card_number
    from {{ ref('int_lesson_cards') }}

),

-- Only who has several identifiers needs the mapping: the others are their own key.
merged as (

    select
        identifier_key,
        person_key as main_key
    from {{ ref('person_identifiers') }}
    where identifier_key <> person_key

),

int_person_lessons as (

    select
        coalesce(merged.main_key, person_days.identifier_key) as person_key,
        places.lesson_id,
        min(person_days.first_at) as started_at,
        max(person_days.last_at) as last_at,
        {{ total('person_days.answers') }} as answers,
        min(person_days.completed_at) as signalled_at,
        max(person_days.furthest_card) as furthest_card,
        min(case when person_days.furthest_card = last_cards.last_card_number then person_days.furthest_at end)
            as last_card_at
    from person_days
    inner join places
        on person_days.activity_url = places.activity_url
    left join last_cards
        on places.lesson_id = last_cards.lesson_id
    left join merged
        on person_days.identifier_key = merged.identifier_key
    group by person_key, places.lesson_id

)

select * from int_person_lessons
