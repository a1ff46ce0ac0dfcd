with

chat_days as (

    select
        *,
        max(day) over (partition by conversation_id) as last_day,
        min(case when first_sentiment is not null then day end) over (partition by conversation_id) as first_known_day,
        max(case when last_sentiment is not null then day end) over (partition by conversation_id) as last_known_day
    from {{ ref('int_chat_days') }}

),

int_chats as (

    select
        conversation_id,
        max(tier) as tier,
        {{ total('labelled_turns') }} as labelled_turns,
        {{ any_true('day = last_day and ends_with_a_question') }} as ends_with_a_question,
        max(case when day = first_known_day then first_sentiment end) as first_sentiment,
        max(case when day = last_known_day then last_sentiment end) as last_sentiment
    from chat_days
    group by conversation_id

)

select * from int_chats
