{{ built_by_key(
    'person_key', inputs=['int_lesson_person_days', 'int_merged_identifiers', 'int_lesson_urls'], type='bigint',
    people=true
) }}

with

person_days as (

    select
        person_days.*,
        lesson_urls.lesson_id,
        coalesce(merged.person_key, person_days.identifier_key) as person_key
    from {{ ref('int_lesson_person_days') }} as person_days
    inner join {{ ref('int_lesson_urls') }} as lesson_urls
        on person_days.activity_url = lesson_urls.activity_url
    left join {{ ref('int_merged_identifiers') }} as merged
        on person_days.identifier_key = merged.identifier_key
    where lesson_urls.lesson_id is not null
        and {{ is_touched_person('person_days.identifier_key') }}

),

compared as (

    select
        *,
        max(furthest_card) over (partition by person_key, lesson_id) as last_card
    from person_days

),

fact_progress as (

    select
        person_key,
        lesson_id,
        min(first_at) as started_at,
        max(last_at) as last_at,
        {{ total('answers') }} as answers,
        min(completed_at) as signalled_at,
        max(furthest_card) as furthest_card,
        min(case when furthest_card = last_card then furthest_at end) as furthest_at
    from compared
    group by person_key, lesson_id

)

select * from fact_progress
