{{ built_by_day() }}

{% set one = ['day', 'model_provider', 'model_id', 'app_id', 'currency'] %}

with

exchanges as (

    select
        day,
        coalesce(model_provider, 'unknown') as model_provider,
        coalesce(model_id, 'unknown') as model_id,
        coalesce(app_id, 'unknown') as app_id,
        coalesce(currency, 'none') as currency,
        conversation_id,
        actor_key,
        is_regenerated,
        has_error,
        is_handed_over,
        query_tokens,
        answer_tokens,
        case when currency is not null then total_price end as total_price,
        latency_seconds
    from {{ ref('fact_exchanges') }}
    where {{ in_days('day') }}

),

ranked as (

    select
        *,
        {{ place_of('latency_seconds', one) }} as value_rank,
        {{ values_found('latency_seconds', one) }} as values_found
    from exchanges

),

counted as (

    select
        {{ one | join(', ') }},
        count(*) as messages,
        {{ count_where('not is_regenerated') }} as exchanges,
        {{ count_where('is_regenerated') }} as regenerations,
        count(distinct conversation_id) as conversations,
        count(distinct actor_key) as users,
        {{ count_where('has_error') }} as errors,
        {{ count_where('is_handed_over') }} as handoffs,
        {{ total('query_tokens') }} as query_tokens,
        {{ total('answer_tokens') }} as answer_tokens,
        {{ total_money('total_price') }} as total_price,
        count(latency_seconds) as timed_messages,
        avg(latency_seconds) as avg_latency_seconds,
        {{ percentile('latency_seconds', 50) }} as p50_latency_seconds,
        {{ percentile('latency_seconds', 95) }} as p95_latency_seconds
    from ranked
    group by {{ one | join(', ') }}

),

model_usage as (

    select
        {{ one | join(', ') }},
        messages,
        exchanges,
        regenerations,
        conversations,
        users,
        errors,
        {{ ratio('errors', 'messages') }} as error_rate,
        handoffs,
        query_tokens,
        answer_tokens,
        total_price,
        timed_messages,
        avg_latency_seconds,
        p50_latency_seconds,
        p95_latency_seconds
    from counted

)

select * from model_usage
