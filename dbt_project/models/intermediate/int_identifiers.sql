with

int_identifiers as (

    select
        actor_key as identifier,
        identifier_key,
        min(first_at) as first_seen_at,
        max(last_at) as last_seen_at,
        {{ total('statements') }} as statements,
        {{ total('conversations') }} as conversations,
        {{ total('messages') }} as messages,
        {{ total('video_events') }} as video_events,
        {{ total('telemetry_events') }} as telemetry_events
    from {{ ref('int_user_days') }}
    group by actor_key, identifier_key

)

select * from int_identifiers
