with

error_days as (

    select * from {{ ref('int_error_days') }}

),

errors as (

    select
        error_type,
        place,
        min(first_at) as first_seen_at,
        max(last_at) as last_seen_at,
        min(day) as first_seen_day,
        max(day) as last_seen_day,
        {{ total('occurrences') }} as occurrences,
        count(distinct day) as days_seen,
        count(distinct actor_key) as users
    from error_days
    group by error_type, place

)

select * from errors
