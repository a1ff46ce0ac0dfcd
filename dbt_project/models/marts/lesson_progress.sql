with

person_lessons as (

    select * from {{ ref('int_person_lessons') }}

),

users as (

    select * from {{ ref('users') }}

),

cards as (

    select * from {{ ref('int_lesson_cards') }}

),

versions as (

    select * from {{ ref('lesson_versions') }}
    where is_current

),

due_dates as (

    select * from {{ ref('int_due_dates') }}

),

-- A card list is known once enough people have shown it; one learner alone shows only how far that learner came.
lesson_cards as (

    select
        person_lessons.lesson_id,
        count(*) >= {{ var('card_list_people') }} as is_list_known
    from person_lessons
    where person_lessons.furthest_card is not null
    group by person_lessons.lesson_id

),

completions as (

    select
        person_lessons.*,
        cards.place as cards_reached,
        cards.cards as cards_known,
        case when lesson_cards.is_list_known then person_lessons.last_card_at end as all_cards_at
    from person_lessons
    left join lesson_cards
        on person_lessons.lesson_id = lesson_cards.lesson_id
    left join cards
        on person_lessons.lesson_id = cards.lesson_id
            and person_lessons.furthest_card = cards.card_number

),

timed as (

    select
        *,
        case
            when signalled_at is not null and (all_cards_at is null or signalled_at <= all_cards_at) then signalled_at
            else all_cards_at
        end as completed_at
    from completions

),

lesson_progress as (

    select
        users.person_id,
        users.full_name,
        users.email,
        users.cohort,
        timed.lesson_id,
        versions.lesson_number,
        versions.lesson_name,
        versions.position,
        timed.started_at,
        {{ local_day('timed.started_at') }} as started_local_day,
        timed.last_at,
        timed.completed_at,
        {{ local_day('timed.completed_at') }} as completed_local_day,
        case when timed.completed_at is not null then 'completed' else 'partial' end as status,
        case
            when timed.completed_at is null then null
            when timed.completed_at = timed.signalled_at then 'signalled'
            else 'every card reached'
        end as completion_rule,
        timed.cards_reached,
        timed.cards_known,
        timed.answers,
        coalesce(own_due.due_on, common_due.due_on) as due_on,
        {{ local_day('timed.completed_at') }} <= coalesce(own_due.due_on, common_due.due_on) as is_on_time
    from timed
    inner join users
        on timed.person_key = users.person_key
    left join versions
        on timed.lesson_id = versions.lesson_id
    left join due_dates as own_due
        on timed.lesson_id = own_due.lesson_id
            and users.cohort = own_due.cohort
    left join due_dates as common_due
        on timed.lesson_id = common_due.lesson_id
            and common_due.cohort = '*'

)

select * from lesson_progress
