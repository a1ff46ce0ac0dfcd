{# The furthest card is one of the lesson's cards, so the join keeps each row once. #}
{{ config(materialized='ephemeral') }}

with

placed as (

    select
        progress.person_key,
        progress.lesson_id,
        courses.course_id,
        progress.started_at,
        progress.last_at,
        progress.answers,
        {{ completed_by(
            'courses.move_on', 'progress.started_at', 'progress.completed_at', 'progress.passed_at',
            'progress.satisfied_at'
        ) }} as signalled_at,
        cards.place as cards_reached,
        cards.cards as cards_known,
        case
            when cards.is_list_known and progress.furthest_card = cards.last_card_number then progress.furthest_at
        end as all_cards_at
    from {{ ref('fact_progress') }} as progress
    left join {{ ref('lesson_cards') }} as cards
        on progress.lesson_id = cards.lesson_id
            and progress.furthest_card = cards.card_number
    left join {{ ref('lesson_courses') }} as courses
        on progress.lesson_id = courses.lesson_id

),

int_lesson_states as (

    select
        *,
        case
            when signalled_at is not null and (all_cards_at is null or signalled_at <= all_cards_at) then signalled_at
            else all_cards_at
        end as completed_at
    from placed

)

select * from int_lesson_states
