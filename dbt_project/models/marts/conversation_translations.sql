with

conversation_translations as (

    select
        message_id,
        conversation_id,
        day,
        language,
        query,
        answer,
        version
    from {{ source('labels', 'translations') }}
    where {{ in_any_day('day') }}

)

select * from conversation_translations
