with

exchanges as (

    select * from {{ ref('exchanges') }}

),

user_conversations as (

    select
        persons.person_id,
        exchanges.local_day,
        coalesce(exchanges.currency, 'none') as currency,
        count(distinct exchanges.conversation_id) as conversations,
        count(*) as messages,
        {{ count_where('not exchanges.is_regenerated') }} as exchanges,
        {{ count_where('exchanges.has_error') }} as errors,
        {{ count_where('exchanges.is_handed_over') }} as handoffs,
        count(distinct exchanges.model_id) as models,
        {{ total('exchanges.query_tokens') }} as query_tokens,
        {{ total('exchanges.answer_tokens') }} as answer_tokens,
        -- A price without a currency cannot be added to anything.
        {{ total_money('case when exchanges.currency is not null then exchanges.total_price end') }} as total_price
    from exchanges
    inner join {{ ref('person_identifiers') }} as persons
        on exchanges.actor_key = persons.identifier
    group by persons.person_id, exchanges.local_day, coalesce(exchanges.currency, 'none')

)

select * from user_conversations
