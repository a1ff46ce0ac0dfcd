{# Its day is the local day, which lies in two UTC days: so the neighbours of a changed day are built too. #}
{{ built_by_day(before=1, after=1) }}

with

events as (

    select
        {{ local_day('event_time') }} as local_day,
        event_time,
        kind,
        status_code,
        actor_key,
        coalesce(session_id, '') as visit,
        cast(floor({{ microseconds('event_time') }} / 10000000) as {{ engine_type('integer') }}) as ten_seconds
    from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day', before=1, after=1) }}
        and actor_key is not null

),

visits as (

    select
        local_day,
        actor_key,
        visit,
        count(*) as events,
        {{ count_where("kind = 'action'") }} as actions,
        {{ count_where("kind = 'api_request'") }} as requests,
        {{ count_where("kind = 'error' or (kind = 'api_request' and status_code >= 500)") }} as errors,
        {{ count_where("kind = 'cognitive_process'") }} as ai_runs,
        -- Signs of life in the same ten seconds count once; the last one counts half of them.
        10 * (count(distinct ten_seconds) - 1) + 5 as engaged_seconds,
        min(event_time) as first_at,
        max(event_time) as last_at
    from events
    group by local_day, actor_key, visit

),

int_engagement_days as (

    select
        local_day as day,
        actor_key,
        {{ fingerprint(['actor_key']) }} as identifier_key,
        count(*) as visits,
        {{ total('events') }} as events,
        {{ total('actions') }} as actions,
        {{ total('requests') }} as requests,
        {{ total('errors') }} as errors,
        {{ total('ai_runs') }} as ai_runs,
        {{ total('engaged_seconds') }} as engaged_seconds,
        min(first_at) as first_at,
        max(last_at) as last_at
    from visits
    where {{ in_days('local_day') }}
        and {{ not_kept('local_day', 'engagement_days') }}
    group by local_day, actor_key

    union all

    select
        day,
        actor_key,
        {{ fingerprint(['actor_key']) }} as identifier_key,
        visits,
        events,
        actions,
        requests,
        errors,
        ai_runs,
        engaged_seconds,
        first_at,
        last_at
    from {{ source('kept', 'engagement_days') }}
    where {{ in_days('day') }}

)

select * from int_engagement_days
