with

cards as (

    select * from {{ ref('lesson_cards') }}

),

progress as (

    select * from {{ ref('int_lesson_states') }}
    where cards_reached is not null

),

furthest as (

    select
        lesson_id,
        cards_reached as place,
        count(*) as people_last_here
    from progress
    group by lesson_id, cards_reached

),

-- Who came to a later card came past this one.
reached as (

    select
        cards.*,
        {{ whole_number(
            'sum(coalesce(furthest.people_last_here, 0)) over (partition by cards.lesson_id order by cards.place desc)'
        ) }} as people_reached
    from cards
    left join furthest
        on cards.lesson_id = furthest.lesson_id
            and cards.place = furthest.place

),

followed as (

    select
        *,
        lead(people_reached) over (partition by lesson_id order by place) as people_reached_next
    from reached

),

lesson_dropoff as (

    select
        followed.lesson_id,
        versions.lesson_number,
        versions.lesson_name,
        followed.place,
        followed.card_id,
        followed.card_type,
        followed.question,
        followed.people_reached,
        followed.people_reached - followed.people_reached_next as people_lost,
        {{ ratio('(followed.people_reached - followed.people_reached_next)', 'followed.people_reached') }} as drop_off
    from followed
    left join {{ ref('lesson_versions') }} as versions
        on followed.lesson_id = versions.lesson_id
            and versions.is_current

)

select * from lesson_dropoff
