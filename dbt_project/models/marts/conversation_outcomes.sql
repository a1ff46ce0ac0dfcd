with

conversations as (

    select * from {{ ref('conversations') }}

),

turns as (

    select * from {{ ref('int_chats') }}

),

mains as (

    select
        conversation_id,
        max(case when kind = 'topic' then value end) as topic,
        max(case when kind = 'intent' then value end) as intent,
        max(case when kind = 'sentiment' then value end) as sentiment
    from {{ ref('conversation_categories') }}
    where is_main
    group by conversation_id

),

newest as (

    select max(last_at) as known_until from conversations

),

joined as (

    select
        conversations.conversation_id,
        conversations.actor_key,
        conversations.person_id,
        conversations.cohort,
        conversations.app_id,
        conversations.language,
        turns.tier,
        conversations.first_at,
        conversations.last_at,
        conversations.first_local_day,
        conversations.exchange_count,
        {{ length_band('conversations.exchange_count') }} as length_band,
        coalesce(turns.labelled_turns, 0) > 0 as is_labelled,
        case when conversations.exchange_count > 0 then not conversations.is_handed_over end as is_contained,
        -- Who may still answer has abandoned nothing yet.
        case
            when turns.labelled_turns > 0
                and (
                    conversations.is_handed_over
                    or not turns.ends_with_a_question
                    or {{ seconds_between('conversations.last_at', 'newest.known_until') }}
                    >= 3600 * {{ var('abandoned_hours') }}
                )
                then turns.ends_with_a_question and not conversations.is_handed_over
        end as is_abandoned,
        mains.topic,
        mains.intent,
        mains.sentiment,
        turns.first_sentiment,
        turns.last_sentiment,
        {{ whole_number(
            sentiment_value('turns.last_sentiment') ~ ' - ' ~ sentiment_value('turns.first_sentiment')
        ) }} as sentiment_shift
    from conversations
    cross join newest
    left join turns on conversations.conversation_id = turns.conversation_id
    left join mains on conversations.conversation_id = mains.conversation_id

),

contacts as (

    select
        *,
        lag(conversation_id) over contact as contact_before,
        {{ seconds_between('lag(last_at) over contact', 'first_at') }} as seconds_since_contact
    from joined
    window contact as (partition by coalesce(person_id, actor_key), topic order by first_at, conversation_id)

),

conversation_outcomes as (

    select
        conversation_id,
        actor_key,
        person_id,
        cohort,
        app_id,
        language,
        tier,
        first_at,
        last_at,
        first_local_day,
        exchange_count,
        length_band,
        is_labelled,
        is_contained,
        is_abandoned,
        topic,
        intent,
        sentiment,
        first_sentiment,
        last_sentiment,
        sentiment_shift,
        case
            when topic is not null and coalesce(person_id, actor_key) is not null
                then coalesce(seconds_since_contact <= 86400 * {{ var('repeat_contact_days') }}, false)
        end as is_repeat_contact
    from contacts

)

select * from conversation_outcomes
