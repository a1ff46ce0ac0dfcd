{{ config(meta={'dagster': {'ref': {'name': 'exchanges'}}}) }}

-- Every message of the source is one exchange, on its own day.
with

messages as (

    select
        day,
        count(*) as messages
    from {{ ref('stg_nocodb__messages') }}
    where {{ in_days('day') }}
    group by day

),

exchanges as (

    select
        day,
        count(*) as exchanges
    from {{ ref('exchanges') }}
    where {{ in_days('day') }}
    group by day

)

select
    coalesce(messages.day, exchanges.day) as day,
    messages.messages,
    exchanges.exchanges
from messages
full outer join exchanges
    on messages.day = exchanges.day
where coalesce(messages.messages, 0) <> coalesce(exchanges.exchanges, 0)
