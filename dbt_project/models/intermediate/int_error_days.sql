{{ built_by_day() }}

with

failures as (

    select
        day,
        event_time,
        actor_key,
        case
            when kind = 'error' then coalesce(nullif(error_type, ''), 'unknown')
            else 'http_' || cast(status_code as {{ engine_type('text') }})
        end as error_type,
        coalesce(nullif(place, ''), 'unknown') as place
    from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day') }}
        and {{ not_kept('day') }}
        and (kind = 'error' or (kind = 'api_request' and status_code >= 500))

),

int_error_days as (

    select
        day,
        error_type,
        place,
        actor_key,
        count(*) as occurrences,
        min(event_time) as first_at,
        max(event_time) as last_at
    from failures
    group by day, error_type, place, actor_key

    union all

    select
        day,
        error_type,
        place,
        actor_key,
        occurrences,
        first_at,
        last_at
    from {{ source('kept', 'error_days') }}
    where {{ in_days('day') }}
        and {{ is_kept('day') }}

)

select * from int_error_days
