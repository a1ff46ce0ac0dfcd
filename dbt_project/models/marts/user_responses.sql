{# A view: who is who and which lesson is which are joined when it is read, so that a new roster or map changes all of
   history at once. #}
{{ config(materialized='view') }}

with

answers as (

    select * from {{ ref('int_answers') }}

),

flags as (

    select
        answer_id,
        {{ gravest_tier('tier') }} as safety_tier,
        string_agg(rule, ', ' order by rule) as safety_rules
    from {{ ref('safety_flags') }}
    group by answer_id

),

typed as (

    select
        *,
        case
            when card_type = 'rate' then 'rating'
            when card_type = 'submit-media' then 'media'
            when {{ holds_several('response', 'card_type', 'interaction_type') }} then 'multi-choice'
            when card_type in ('poll', 'quiz') then 'choice'
            when interaction_type = 'likert' then 'rating'
            when interaction_type in ('choice', 'true-false', 'sequencing', 'matching', 'performance') then 'choice'
            when interaction_type = 'numeric' then 'number'
            else 'text'
        end as response_type
    from answers

),

user_responses as (

    select
        typed.answer_id,
        typed.source,
        typed.day,
        typed.local_day,
        {{ local_hour('typed.responded_at') }} as local_hour,
        typed.responded_at,
        typed.received_at,
        typed.clock_skewed,
        typed.actor_key,
        persons.person_id,
        users.full_name,
        users.cohort,
        typed.lesson_id,
        versions.lesson_number,
        versions.lesson_name,
        typed.question_id,
        typed.card_id,
        typed.card_type,
        typed.interaction_type,
        typed.question,
        typed.response_type,
        typed.response,
        typed.sent_response,
        case
            when typed.response_type = 'multi-choice' then {{ choices('typed.response', 'typed.card_type') }} else []
        end as choices,
        case when typed.response_type = 'rating' then {{ rating('typed.response') }} end as rating,
        case when typed.response_type = 'rating' then {{ rating_comment('typed.response') }} end as rating_comment,
        typed.is_correct,
        typed.score_scaled,
        typed.duration_seconds,
        typed.language,
        typed.sentiment,
        typed.theme,
        typed.positives,
        flags.safety_tier,
        flags.safety_rules,
        flags.answer_id is not null as is_flagged
    from typed
    left join {{ ref('person_identifiers') }} as persons
        on typed.actor_key = persons.identifier
    left join {{ ref('users') }} as users
        on persons.person_id = users.person_id
    left join {{ ref('lesson_versions') }} as versions
        on typed.lesson_id = versions.lesson_id
            and coalesce(typed.local_day, typed.day) >= versions.first_day
            and (versions.next_from is null or coalesce(typed.local_day, typed.day) < versions.next_from)
    left join flags
        on typed.answer_id = flags.answer_id

)

select * from user_responses
