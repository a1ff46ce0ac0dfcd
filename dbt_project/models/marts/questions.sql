with

question_days as (

    select * from {{ ref('int_question_days') }}

),

question_people as (

    select
        question_key,
        count(*) as people_seen,
        {{ count_where('has_answered') }} as people_answered
    from {{ ref('int_person_questions') }}
    group by question_key

),

question_totals as (

    select
        question_key,
        activity_url,
        lesson_url,
        card_id,
        {{ latest('activity_id', by='last_at') }} as activity_id,
        {{ latest('card_type', by='last_at') }} as card_type,
        {{ latest('interaction_type', by='last_at') }} as interaction_type,
        {{ latest('question', by='last_at') }} as question,
        {{ total('answers') }} as answers,
        min(first_at) as first_seen_at,
        max(last_at) as last_seen_at
    from question_days
    group by question_key, activity_url, lesson_url, card_id

),

questions as (

    select
        {{ made_id([
            'question_totals.activity_url', 'coalesce(question_totals.card_id, question_totals.activity_id)'
        ]) }} as question_id,
        question_totals.question_key,
        places.lesson_id,
        versions.lesson_number,
        question_totals.lesson_url,
        question_totals.card_id,
        question_totals.activity_id,
        question_totals.card_type,
        question_totals.interaction_type,
        question_totals.question,
        {{ is_opinion('question_totals.card_type', 'question_totals.interaction_type') }} as is_opinion,
        -- Who came to a later card reached this one; what is no card has no order.
        coalesce(dropoff.people_reached, question_people.people_seen) as people_reached,
        question_people.people_answered,
        question_totals.answers,
        question_totals.first_seen_at,
        question_totals.last_seen_at
    from question_totals
    inner join question_people
        on question_totals.question_key = question_people.question_key
    left join {{ ref('lesson_places') }} as places
        on question_totals.activity_url = places.activity_url
    left join {{ ref('lesson_dropoff') }} as dropoff
        on places.lesson_id = dropoff.lesson_id
            and question_totals.card_id = dropoff.card_id
    left join {{ ref('lesson_versions') }} as versions
        on places.lesson_id = versions.lesson_id
            and versions.is_current

)

select * from questions
