{{ built_by_day(after=var('regenerated_days')) }}

with

messages as (

    select * from {{ ref('stg_nocodb__messages') }}
    where {{ in_days('day') }}

),

siblings as (

    select
        message_id,
        day,
        created_at,
        lag(created_at) over (
            partition by conversation_id, parent_message_id
            order by created_at, message_id
        ) as sibling_before
    from {{ ref('stg_nocodb__messages') }}
    where {{ in_days('day', before=var('regenerated_days')) }}
        and parent_message_id is not null

),

regenerated as (

    select
        message_id,
        day
    from siblings
    where {{ utc_day('sibling_before') }} >= day - {{ var('regenerated_days') }}

),

exchanges as (

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
        regenerated.message_id is not null as is_regenerated,
        coalesce(messages.error, '') <> '' or coalesce(messages.status = 'error', false) as has_error,
        coalesce(strpos(messages.answer, nullif({{ quoted(var('handoff_marker')) }}, '')) > 0, false) as is_handed_over
    from messages
    left join regenerated
        on messages.message_id = regenerated.message_id
            and messages.day = regenerated.day

)

select * from exchanges
