{# lesson_dropoff for each cohort and for each week in which people started: people add up over both. #}
with

cards as (

    select * from {{ ref('lesson_dropoff') }}

),

furthest as (

    select
        states.lesson_id,
        users.cohort,
        {{ day_after("date '1970-01-05'", '7 * ' ~ week_number(local_day('states.started_at'))) }} as started_week,
        states.cards_reached as place,
        count(*) as people_last_here
    from {{ ref('int_lesson_states') }} as states
    inner join {{ ref('users') }} as users
        on states.person_key = users.person_key
    where states.cards_reached is not null
    group by 1, 2, 3, 4

),

cohort_weeks as (

    select distinct
        lesson_id,
        cohort,
        started_week
    from furthest

),

reached as (

    select
        cards.lesson_id,
        cards.lesson_number,
        cards.lesson_name,
        cohort_weeks.cohort,
        cohort_weeks.started_week,
        cards.place,
        cards.card_id,
        cards.card_type,
        cards.question,
        {{ whole_number(
            'sum(coalesce(furthest.people_last_here, 0)) over'
            ~ ' (partition by cohort_weeks.lesson_id, cohort_weeks.cohort, cohort_weeks.started_week order by cards.place desc)'
        ) }} as people_reached
    from cohort_weeks
    inner join cards
        on cohort_weeks.lesson_id = cards.lesson_id
    left join furthest
        on cohort_weeks.lesson_id = furthest.lesson_id
            and coalesce(cohort_weeks.cohort, '') = coalesce(furthest.cohort, '')
            and cohort_weeks.started_week = furthest.started_week
            and cards.place = furthest.place

),

followed as (

    select
        *,
        lead(people_reached) over (partition by lesson_id, cohort, started_week order by place) as people_reached_next
    from reached

),

lesson_dropoff_by_cohort as (

    select
        lesson_id,
        lesson_number,
        lesson_name,
        cohort,
        started_week,
        place,
        card_id,
        card_type,
        question,
        people_reached,
        people_reached - people_reached_next as people_lost,
        {{ ratio('(people_reached - people_reached_next)', 'people_reached') }} as drop_off
    from followed

)

select * from lesson_dropoff_by_cohort
