{{ config(materialized='ephemeral') }}

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
        responses.received_at,
        responses.clock_skewed,
        responses.actor_key,
        places.lesson_id,
        {{ made_id(['responses.activity_url', 'coalesce(responses.card_id, responses.object_url)']) }} as question_id,
        responses.card_id,
        responses.card_type,
        responses.interaction_type,
        responses.question,
        responses.response,
        responses.sent_response,
        responses.is_correct,
        responses.score_scaled,
        responses.duration_seconds,
        responses.language,
        responses.sentiment,
        responses.theme,
        responses.positives
    from {{ ref('fact_responses') }} as responses
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
        cast(null as {{ engine_type('timestamp') }}) as received_at,
        cast(null as {{ engine_type('boolean') }}) as clock_skewed,
        actor_key,
        lesson_id,
        cast(null as {{ engine_type('text') }}) as question_id,
        cast(null as {{ engine_type('text') }}) as card_id,
        card_type,
        cast(null as {{ engine_type('text') }}) as interaction_type,
        question,
        response,
        response as sent_response,
        cast(null as {{ engine_type('boolean') }}) as is_correct,
        cast(null as {{ engine_type('number') }}) as score_scaled,
        cast(null as {{ engine_type('number') }}) as duration_seconds,
        language,
        sentiment,
        theme,
        positives
    from {{ ref('fact_exports') }}
    where statement_id is null

),

int_answers as (

    select * from statements
    union all
    select * from exported

)

select * from int_answers
