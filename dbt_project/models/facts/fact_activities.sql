{{ built_by_day(before=1, after=var('repeat_days')) }}

with

statements as (

    select
        'xapi' as source,
        statement_id as activity_id,
        day,
        event_time as happened_at,
        actor_key,
        verb as activity,
        object_id as subject,
        received_at,
        clock_skewed
    from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        -- Statements of a video player are told by its view, answers by their response.
        and not is_video
        and not is_answer

),

exchanges as (

    select
        'nocodb' as source,
        message_id as activity_id,
        day,
        exchanged_at as happened_at,
        actor_key,
        'exchanged' as activity,
        conversation_id as subject,
        cast(null as {{ engine_type('timestamp') }}) as received_at,
        cast(null as {{ engine_type('boolean') }}) as clock_skewed
    from {{ ref('fact_exchanges') }}
    where {{ in_days('day') }}

),

views as (

    select
        'video' as source,
        view_id as activity_id,
        day,
        started_at as happened_at,
        actor_key,
        'viewed' as activity,
        sent_video_id as subject,
        cast(null as {{ engine_type('timestamp') }}) as received_at,
        cast(null as {{ engine_type('boolean') }}) as clock_skewed
    from {{ ref('fact_video_views') }}
    where {{ in_days('day') }}

),

actions as (

    select
        'telemetry' as source,
        event_id as activity_id,
        day,
        event_time as happened_at,
        actor_key,
        'acted' as activity,
        action as subject,
        received_at,
        clock_skewed
    from {{ ref('stg_telemetry__events') }}
    where {{ in_days('day') }}
        and kind = 'action'

),

activities as (

    select * from statements
    union all
    select * from exchanges
    union all
    select * from views
    union all
    select * from actions

),

fact_activities as (

    select
        source,
        activity_id,
        day,
        {{ local_day('happened_at') }} as local_day,
        happened_at,
        actor_key,
        activity,
        subject,
        received_at,
        clock_skewed
    from activities
    where actor_key is not null

)

select * from fact_activities
