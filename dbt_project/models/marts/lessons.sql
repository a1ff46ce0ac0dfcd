with

person_days as (

    select * from {{ ref('int_lesson_person_days') }}

),

lesson_cards as (

    select
        lesson_url,
        count(distinct card_id) as cards_seen
    from {{ ref('int_question_days') }}
    group by lesson_url

),

people as (

    select
        lesson_url,
        person_key,
        {{ total('answers') }} as answers,
        {{ any_true('has_completed') }} as has_completed,
        min(first_at) as first_at,
        max(last_at) as last_at
    from person_days
    group by lesson_url, person_key

),

lesson_totals as (

    select
        lesson_url,
        count(*) as people_reached,
        {{ count_where('answers > 0') }} as people_answered,
        {{ count_where('has_completed') }} as people_completed,
        {{ total('answers') }} as answers,
        min(first_at) as first_seen_at,
        max(last_at) as last_seen_at
    from people
    group by lesson_url

),

lessons as (

    select
        lesson_totals.lesson_url,
        coalesce(lesson_cards.cards_seen, 0) as cards_seen,
        lesson_totals.people_reached,
        lesson_totals.people_answered,
        -- No completion was ever signalled: unknown, which is not 0 people.
        nullif(lesson_totals.people_completed, 0) as people_completed,
        lesson_totals.answers,
        {{ ratio('lesson_totals.people_answered', 'lesson_totals.people_reached') }} as engagement_rate,
        {{ ratio('nullif(lesson_totals.people_completed, 0)', 'lesson_totals.people_reached') }} as completion_rate,
        lesson_totals.first_seen_at,
        lesson_totals.last_seen_at
    from lesson_totals
    left join lesson_cards
        on lesson_totals.lesson_url = lesson_cards.lesson_url

)

select * from lessons
