with

outcomes as (

    select
        *,
        coalesce(app_id, 'unknown') as app
    from {{ ref('conversation_outcomes') }}
    where is_labelled

),

topics as (

    select
        conversation_id,
        value as topic
    from {{ ref('conversation_categories') }}
    where kind = 'topic'

),

days as (

    select
        first_local_day,
        app,
        count(*) as labelled_conversations
    from outcomes
    group by first_local_day, app

),

topic_days as (

    select
        outcomes.first_local_day,
        outcomes.app,
        coalesce(topics.topic, 'unknown') as topic,
        count(*) as conversations,
        count(distinct coalesce(outcomes.person_id, outcomes.actor_key)) as people
    from outcomes
    left join topics
        on outcomes.conversation_id = topics.conversation_id
    group by outcomes.first_local_day, outcomes.app, topics.topic

),

conversation_topics_daily as (

    select
        days.first_local_day as local_day,
        days.app as app_id,
        topic_days.topic,
        topic_days.conversations,
        days.labelled_conversations,
        {{ ratio('topic_days.conversations', 'days.labelled_conversations') }} as share,
        topic_days.people
    from topic_days
    inner join days
        on topic_days.first_local_day = days.first_local_day
            and topic_days.app = days.app

)

select * from conversation_topics_daily
