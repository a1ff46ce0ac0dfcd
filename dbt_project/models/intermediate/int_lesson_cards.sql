{# Cards in the order of their numbers, which a vendor gives in the order of making. #}
with

question_days as (

    select * from {{ ref('int_question_days') }}

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

int_lesson_cards as (

    select
        lesson_id,
        card_id,
        card_number,
        card_type,
        question,
        row_number() over (partition by lesson_id order by card_number, card_id) as place,
        count(*) over (partition by lesson_id) as cards,
        max(card_number) over (partition by lesson_id) as last_card_number
    from cards
    where card_number is not null

)

select * from int_lesson_cards
