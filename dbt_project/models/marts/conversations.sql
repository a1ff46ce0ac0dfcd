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
        totals.conversation_id,
        totals.actor_key,
        persons.person_id,
        users.cohort,
        totals.app_id,
        totals.mode,
        totals.status,
        totals.is_row_received,
        totals.first_at,
        totals.last_at,
        {{ local_day('totals.first_at') }} as first_local_day,
        totals.message_count,
        totals.exchange_count,
        totals.error_count,
        totals.is_handed_over,
        totals.query_tokens,
        totals.answer_tokens,
        case when totals.first_currency = totals.last_currency then totals.total_price end as total_price,
        case when totals.first_currency = totals.last_currency then totals.first_currency end as currency,
        case when totals.first_language = totals.last_language then totals.first_language end as language,
        coalesce(totals.first_language <> totals.last_language, false) as is_multilingual
    from totals
    left join {{ ref('person_identifiers') }} as persons
        on totals.actor_key = persons.identifier
    left join {{ ref('users') }} as users
        on persons.person_id = users.person_id
    where not totals.is_deleted

)

select * from conversations
