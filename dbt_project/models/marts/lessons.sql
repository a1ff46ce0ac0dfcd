with

progress as (

    select * from {{ ref('int_lesson_states') }}

),

versions as (

    select * from {{ ref('lesson_versions') }}
    where is_current

),

lesson_cards as (

    select
        places.lesson_id,
        count(distinct question_days.card_id) as cards_seen
    from {{ ref('int_question_days') }} as question_days
    inner join {{ ref('lesson_places') }} as places
        on question_days.lesson_url = places.activity_url
    group by places.lesson_id

),

roster as (

    select count(distinct person_id) as people_assigned from {{ ref('users') }}
    where is_on_roster

),

totals as (

    select
        progress.lesson_id,
        count(*) as people_started,
        {{ count_where('progress.answers > 0') }} as people_answered,
        -- Nobody completed, and no list of cards is known: unknown, which is not 0 people.
        case
            when count(progress.completed_at) > 0
                or count(progress.cards_reached) >= {{ var('card_list_people') }}
                then count(progress.completed_at)
        end as people_completed,
        {{ count_where('progress.completed_at is not null and users.is_on_roster') }} as members_completed,
        {{ total('progress.answers') }} as answers,
        min(progress.started_at) as first_seen_at,
        max(progress.last_at) as last_seen_at
    from progress
    inner join {{ ref('users') }} as users
        on progress.person_key = users.person_key
    group by progress.lesson_id

),

-- A lesson of the map that nobody has opened is a lesson all the same.
known as (

    select lesson_id from totals
    union distinct
    select lesson_id from versions

),

lessons as (

    select
        known.lesson_id,
        versions.lesson_number,
        versions.lesson_name,
        versions.position,
        versions.lesson_id is not null as is_mapped,
        courses.course_id,
        activities.activity_name,
        coalesce(lesson_cards.cards_seen, 0) as cards_seen,
        coalesce(totals.people_started, 0) as people_started,
        coalesce(totals.people_answered, 0) as people_answered,
        totals.people_completed,
        case when versions.lesson_id is not null then nullif(roster.people_assigned, 0) end as people_assigned,
        coalesce(totals.answers, 0) as answers,
        {{ ratio('totals.people_answered', 'totals.people_started') }} as engagement_rate,
        {{ ratio('totals.people_completed', 'totals.people_started') }} as completion_rate,
        case
            when versions.lesson_id is not null and totals.people_completed is not null
                then {{ ratio('totals.members_completed', 'roster.people_assigned') }}
        end as completion_rate_assigned,
        totals.first_seen_at,
        totals.last_seen_at
    from known
    cross join roster
    left join totals
        on known.lesson_id = totals.lesson_id
    left join versions
        on known.lesson_id = versions.lesson_id
    left join lesson_cards
        on known.lesson_id = lesson_cards.lesson_id
    left join {{ ref('lesson_courses') }} as courses
        on known.lesson_id = courses.lesson_id
    left join {{ ref('known_activities') }} as activities
        on known.lesson_id = activities.activity_url

)

select * from lessons
