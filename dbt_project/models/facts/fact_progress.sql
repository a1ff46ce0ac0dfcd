with

person_days as (

    {{ days_of_people('int_lesson_person_days') }}

),

compared as (

    select
        person_days.*,
        lesson_places.lesson_id,
        lesson_places.is_own,
        max(person_days.furthest_card)
            over (partition by person_days.person_key, lesson_places.lesson_id) as last_card
    from person_days
    inner join {{ ref('lesson_places') }} as lesson_places
        on person_days.activity_url = lesson_places.activity_url
    where lesson_places.lesson_id is not null

),

fact_progress as (

    select
        person_key,
        lesson_id,
        -- Who completed the lesson itself has begun it and was there, even where that counts for the lesson above.
        {{ earliest_of([
            'min(first_at)', 'min(case when is_own then completed_at end)',
            'min(case when is_own then passed_at end)', 'min(case when is_own then satisfied_at end)'
        ]) }} as started_at,
        greatest(
            max(last_at),
            coalesce(min(case when is_own then completed_at end), max(last_at)),
            coalesce(min(case when is_own then passed_at end), max(last_at)),
            coalesce(min(case when is_own then satisfied_at end), max(last_at))
        ) as last_at,
        {{ total('answers') }} as answers,
        -- What lies below a lesson's url counts for the lesson and does not complete it.
        min(case when is_own then completed_at end) as completed_at,
        min(case when is_own then passed_at end) as passed_at,
        min(case when is_own then satisfied_at end) as satisfied_at,
        max(furthest_card) as furthest_card,
        min(case when furthest_card = last_card then furthest_at end) as furthest_at
    from compared
    group by person_key, lesson_id
    having min(first_at) is not null

)

select * from fact_progress
