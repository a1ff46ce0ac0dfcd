{{ built_by_day() }}

with

labels as (

    select * from {{ source('labels', 'exchanges') }}
    where {{ in_days('day') }}

),

topics as (

    select
        labels.*,
        one_topic
    from labels
    cross join {{ pieces('labels.topics', '|', 'one_topic') }}
    where labels.topics is not null

),

said as (

    {% for kind in ['language', 'intent', 'sentiment'] %}
    select
        day,
        conversation_id,
        '{{ kind }}' as kind,
        {{ kind }} as label,
        {{ kind }}_confidence as confidence,
        method,
        version
    from labels

    union all

    {% endfor %}
    select
        day,
        conversation_id,
        'topic' as kind,
        one_topic as label,
        topic_confidence as confidence,
        method,
        version
    from topics

    union all

    select
        day,
        conversation_id,
        'safety' as kind,
        safety as label,
        cast(null as {{ engine_type('number') }}) as confidence,
        method,
        version
    from labels
    where safety <> 'none'

),

int_chat_label_days as (

    select
        day,
        conversation_id,
        kind,
        label,
        count(*) as turns,
        sum(confidence) as confidence_sum,
        max(method) as method,
        max(version) as version
    from said
    where label <> 'unknown'
    group by day, conversation_id, kind, label

)

select * from int_chat_label_days
