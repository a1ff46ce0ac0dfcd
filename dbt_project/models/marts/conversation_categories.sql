with

deleted as (

    select distinct conversation_id
    from {{ ref('int_conversation_days') }}
    where is_deleted

),

totals as (

    select
        conversation_id,
        kind,
        label,
        {{ total('turns') }} as turns,
        sum(confidence_sum) as confidence_sum,
        max(method) as method,
        max(version) as version
    from {{ ref('int_chat_label_days') }}
    where conversation_id not in (select deleted.conversation_id from deleted)
    group by conversation_id, kind, label

),

conversation_categories as (

    select
        conversation_id,
        kind,
        label as value,
        turns,
        {{ ratio('confidence_sum', 'turns') }} as confidence,
        row_number() over (
            partition by conversation_id, kind
            order by coalesce(confidence_sum, 0.0) desc, label
        ) = 1 as is_main,
        method,
        version
    from totals

)

select * from conversation_categories
