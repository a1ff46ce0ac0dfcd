with

totals as (

    select
        conversation_id,
        max(actor_key) as actor_key,
        max(app_id) as app_id,
        max(mode) as mode,
        max(status) as status,
        {{ any_true('is_row') }} as is_row_received,
        {{ any_true('is_deleted') }} as is_deleted,
        min(first_at) as first_at,
        max(last_at) as last_at,
        {{ total('messages') }} as message_count,
        {{ total('exchanges') }} as exchange_count,
        {{ total('errors') }} as error_count,
        {{ any_true('is_handed_over') }} as is_handed_over,
        {{ total('query_tokens') }} as query_tokens,
        {{ total('answer_tokens') }} as answer_tokens,
        {{ total_money('total_price') }} as total_price,
        min(currency) as first_currency,
        max(currency) as last_currency,
        min(language) as first_language,
        max(language) as last_language
    from {{ ref('int_conversation_days') }}
    group by conversation_id

),

-- Currencies are never added together: with two of them there is no total.
conversations as (

    select
        conversation_id,
        actor_key,
        app_id,
        mode,
        status,
        is_row_received,
        first_at,
        last_at,
        {{ local_day('first_at') }} as first_local_day,
        message_count,
        exchange_count,
        error_count,
        is_handed_over,
        query_tokens,
        answer_tokens,
        case when first_currency = last_currency then total_price end as total_price,
        case when first_currency = last_currency then first_currency end as currency,
        case when first_language = last_language then first_language end as language,
        coalesce(first_language <> last_language, false) as is_multilingual
    from totals
    where not is_deleted

)

select * from conversations
