with

user_days as (

    select * from {{ ref('int_user_days') }}

),

totals as (

    select
        actor_key,
        min(first_at) as first_seen_at,
        max(last_at) as last_seen_at,
        {{ count_where('is_first_of_local_day') }} as active_days,
        {{ total('statements') }} as statements,
        {{ total('conversations') }} as conversations,
        {{ total('messages') }} as messages,
        {{ total('video_events') }} as video_events,
        {{ total('telemetry_events') }} as telemetry_events
    from user_days
    group by actor_key

),

users as (

    select
        actor_key,
        first_seen_at,
        last_seen_at,
        {{ local_day('first_seen_at') }} as first_local_day,
        {{ local_day('last_seen_at') }} as last_local_day,
        active_days,
        {{ whole_number(
            'sign(statements) + sign(conversations + messages) + sign(video_events) + sign(telemetry_events)'
        ) }} as sources_seen,
        statements,
        conversations,
        messages,
        video_events,
        telemetry_events
    from totals

)

select * from users
