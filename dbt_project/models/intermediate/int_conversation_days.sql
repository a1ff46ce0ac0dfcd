{{ built_by_day() }}

with

exchanges as (

    select * from {{ ref('fact_exchanges') }}
    where {{ in_days('day') }}

),

conversations as (

    select * from {{ ref('stg_nocodb__conversations') }}
    where {{ in_days('day') }}

),

-- A conversation may arrive without its messages and messages without their conversation; both count.
parts as (

    select
        day,
        conversation_id,
        false as is_row,
        false as is_deleted,
        cast(null as {{ engine_type('text') }}) as mode,
        cast(null as {{ engine_type('text') }}) as status,
        actor_key,
        app_id,
        language,
        currency,
        exchanged_at as happened_at,
        1 as messages,
        case when is_regenerated then 0 else 1 end as exchanges,
        case when has_error then 1 else 0 end as errors,
        is_handed_over,
        query_tokens,
        answer_tokens,
        -- A price without a currency cannot be added to anything.
        case when currency is not null then total_price end as total_price
    from exchanges

    union all

    select
        day,
        conversation_id,
        true as is_row,
        is_deleted,
        mode,
        status,
        actor_key,
        app_id,
        language,
        cast(null as {{ engine_type('text') }}) as currency,
        created_at as happened_at,
        0 as messages,
        0 as exchanges,
        0 as errors,
        false as is_handed_over,
        cast(null as {{ engine_type('integer') }}) as query_tokens,
        cast(null as {{ engine_type('integer') }}) as answer_tokens,
        cast(null as {{ engine_type('money') }}) as total_price
    from conversations

),

int_conversation_days as (

    select
        day,
        conversation_id,
        language,
        currency,
        {{ any_true('is_row') }} as is_row,
        {{ any_true('is_deleted') }} as is_deleted,
        max(mode) as mode,
        max(status) as status,
        max(actor_key) as actor_key,
        max(app_id) as app_id,
        min(happened_at) as first_at,
        max(happened_at) as last_at,
        {{ total('messages') }} as messages,
        {{ total('exchanges') }} as exchanges,
        {{ total('errors') }} as errors,
        {{ any_true('is_handed_over') }} as is_handed_over,
        {{ total('query_tokens') }} as query_tokens,
        {{ total('answer_tokens') }} as answer_tokens,
        {{ total_money('total_price') }} as total_price
    from parts
    group by day, conversation_id, language, currency

)

select * from int_conversation_days
