{{ built_by_day() }}

with

messages as (

    select * from {{ ref('stg_nocodb__messages') }}
    where {{ in_days('day') }}

),

-- Of the queries that these days answer, all answers of all days: the first one counts.
answers as (

    select
        message_id,
        day,
        row_number() over (
            partition by query_key order by answered_at, message_id
        ) > 1 as is_regenerated
    from {{ ref('int_answered_queries') }}
    where not is_deleted
        and query_key in (
            select query_key from {{ ref('int_answered_queries') }}
            where {{ in_days('day') }}
        )

),

fact_exchanges as (

    select
        messages.message_id,
        messages.conversation_id,
        messages.parent_message_id,
        messages.day,
        {{ local_day('messages.created_at') }} as local_day,
        messages.created_at as exchanged_at,
        messages.actor_key,
        messages.app_id,
        messages.model_provider,
        messages.model_id,
        messages.language,
        messages.tier,
        messages.status,
        messages.query_tokens,
        messages.answer_tokens,
        messages.total_price,
        messages.currency,
        messages.latency_seconds,
        messages.is_agent_based,
        coalesce(answers.is_regenerated, false) as is_regenerated,
        coalesce(messages.error, '') <> '' or coalesce(messages.status = 'error', false) as has_error,
        coalesce(strpos(messages.answer, nullif({{ quoted(var('handoff_marker')) }}, '')) > 0, false) as is_handed_over
    from messages
    left join answers
        on messages.message_id = answers.message_id
            and messages.day = answers.day

)

select * from fact_exchanges
