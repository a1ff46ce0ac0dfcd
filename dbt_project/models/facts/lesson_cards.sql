{# Cards in the order of their numbers, which a vendor gives in the order of making. #}
with

question_days as (

    select * from {{ ref('int_question_days') }}
    where card_id is not null

),

places as (

    select * from {{ ref('lesson_places') }}

),

cards as (

    select
        places.lesson_id,
        question_days.card_id,
        {{ number_or_null('question_days.card_id') }} as card_number,
        {{ latest('question_days.card_type', by='question_days.last_at') }} as card_type,
        {{ latest('question_days.question', by='question_days.last_at') }} as question
    from question_days
    inner join places
        on question_days.lesson_url = places.activity_url
    group by places.lesson_id, question_days.card_id

),

-- A card list is known once enough people have shown it; one learner alone shows only how far that learner came.
shown as (

    select
        lesson_id,
        count(*) >= {{ var('card_list_people') }} as is_list_known
    from {{ ref('fact_progress') }}
    where furthest_card is not null
    group by lesson_id

),

lesson_cards as (

    select
        cards.lesson_id,
        cards.card_id,
        cards.card_number,
        cards.card_type,
        cards.question,
        row_number() over (partition by cards.lesson_id order by cards.card_number, cards.card_id) as place,
        count(*) over (partition by cards.lesson_id) as cards,
        max(cards.card_number) over (partition by cards.lesson_id) as last_card_number,
        coalesce(shown.is_list_known, false) as is_list_known
    from cards
    left join shown
        on cards.lesson_id = shown.lesson_id
    where cards.card_number is not null

)

select * from lesson_cards
