{{ built_by_day() }}

with

turns as (

    select
        exchanges.day,
        exchanges.conversation_id,
        exchanges.message_id,
        exchanges.exchanged_at,
        exchanges.tier,
        labels.message_id is not null as is_labelled,
        labels.asks,
        case when labels.sentiment <> 'unknown' then labels.sentiment end as sentiment
    from {{ ref('fact_exchanges') }} as exchanges
    left join {{ source('labels', 'exchanges') }} as labels
        on exchanges.message_id = labels.message_id
            and exchanges.day = labels.day
            and {{ in_days('labels.day') }}
    where {{ in_days('exchanges.day') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by day, conversation_id order by exchanged_at desc, message_id desc
        ) as from_end,
        row_number() over (
            partition by day, conversation_id, sentiment is null order by exchanged_at, message_id
        ) as known_from_start,
        row_number() over (
            partition by day, conversation_id, sentiment is null order by exchanged_at desc, message_id desc
        ) as known_from_end
    from turns

),

int_chat_days as (

    select
        day,
        conversation_id,
        max(tier) as tier,
        {{ count_where('is_labelled') }} as labelled_turns,
        {{ any_true('from_end = 1 and asks') }} as ends_with_a_question,
        max(case when known_from_start = 1 then sentiment end) as first_sentiment,
        max(case when known_from_end = 1 then sentiment end) as last_sentiment
    from ranked
    group by day, conversation_id

)

select * from int_chat_days
