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
            when {{ holds_several('response') }} then 'multi-choice'
            when card_type in ('poll', 'quiz') then 'choice'
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
        typed.responded_at,
        typed.actor_key,
        typed.person_id,
        users.full_name,
        users.cohort,
        typed.lesson_id,
        versions.lesson_number,
        versions.lesson_name,
        typed.card_id,
        typed.card_type,
        typed.question,
        typed.response_type,
        typed.response,
        case when typed.response_type = 'multi-choice' then {{ choices('typed.response') }} else [] end as choices,
        case when typed.response_type = 'rating' then {{ rating('typed.response') }} end as rating,
        case when typed.response_type = 'rating' then {{ rating_comment('typed.response') }} end as rating_comment,
        -- Vendors send success = true on opinions, where there is no right answer.
        case when typed.card_type in ('poll', 'rate', 'form', 'submit-media') then null else typed.success end
            as is_correct,
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
    left join {{ ref('users') }} as users
        on typed.person_id = users.person_id
    left join {{ ref('lesson_versions') }} as versions
        on typed.lesson_id = versions.lesson_id
            and coalesce(typed.local_day, typed.day) >= versions.first_day
            and (versions.next_from is null or coalesce(typed.local_day, typed.day) < versions.next_from)
    left join flags
        on typed.answer_id = flags.answer_id

)

select * from user_responses
