with

turns as (

    select * from {{ ref('fact_exchanges') }}

),

user_conversations as (

    select
        persons.person_id,
        turns.local_day,
        coalesce(turns.currency, 'none') as currency,
        count(distinct turns.conversation_id) as conversations,
        count(*) as messages,
        {{ count_where('not turns.is_regenerated') }} as exchanges,
        {{ count_where('turns.has_error') }} as errors,
        {{ count_where('turns.is_handed_over') }} as handoffs,
        count(distinct turns.model_id) as models,
        {{ total('turns.query_tokens') }} as query_tokens,
        {{ total('turns.answer_tokens') }} as answer_tokens,
        -- A price without a currency cannot be added to anything.
        {{ total_money('case when turns.currency is not null then turns.total_price end') }} as total_price
    from turns
    inner join {{ ref('person_identifiers') }} as persons
        on turns.actor_key = persons.identifier
    group by persons.person_id, turns.local_day, coalesce(turns.currency, 'none')

)

select * from user_conversations
