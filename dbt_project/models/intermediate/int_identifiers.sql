with

user_days as (

    select * from {{ ref('int_user_days') }}

),

int_identifiers as (

    select
        actor_key as identifier,
        {{ fingerprint(['actor_key']) }} as identifier_key,
        min(first_at) as first_seen_at,
        max(last_at) as last_seen_at,
        {{ total('statements') }} as statements,
        {{ total('conversations') }} as conversations,
        {{ total('messages') }} as messages,
        {{ total('video_events') }} as video_events,
        {{ total('telemetry_events') }} as telemetry_events
    from user_days
    group by actor_key

)

select * from int_identifiers
