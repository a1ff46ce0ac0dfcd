{# A view: who is who and which lesson is which are joined when it is read, so that a new roster or map changes all of
   history at once. #}
{{ config(materialized='view') }}

with

repeated_in_exports as (

    select distinct statement_id from {{ ref('fact_exports') }}

),

statements as (

    select
        responses.statement_id as answer_id,
        case when repeated_in_exports.statement_id is null then 'xapi' else 'both' end as source,
        responses.day,
        responses.local_day,
        responses.responded_at,
        responses.actor_key,
        persons.person_id,
        places.lesson_id,
        responses.card_id,
        responses.card_type,
        responses.question,
        responses.response,
        responses.success,
        responses.score_scaled,
        responses.duration_seconds,
        responses.language,
        responses.sentiment,
        responses.theme,
        responses.positives
    from {{ ref('fact_responses') }} as responses
    left join {{ ref('person_identifiers') }} as persons
        on responses.actor_key = persons.identifier
    left join {{ ref('lesson_places') }} as places
        on responses.activity_url = places.activity_url
    left join repeated_in_exports
        on responses.statement_id = repeated_in_exports.statement_id

),

exported as (

    select
        response_id as answer_id,
        'export' as source,
        day,
        cast(null as date) as local_day,
        cast(null as {{ engine_type('timestamp') }}) as responded_at,
        actor_key,
        person_id,
        lesson_id,
        cast(null as {{ engine_type('text') }}) as card_id,
        card_type,
        question,
        response,
        cast(null as {{ engine_type('boolean') }}) as success,
        cast(null as {{ engine_type('number') }}) as score_scaled,
        cast(null as {{ engine_type('number') }}) as duration_seconds,
        language,
        sentiment,
        theme,
        positives
    from {{ ref('fact_exports') }}
    where statement_id is null

),

answers as (

    select * from statements
    union all
    select * from exported

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
        case when typed.response_type = 'multi-choice' then {{ choices('typed.response') }} end as choices,
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
