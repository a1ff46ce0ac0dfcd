{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('stg_xapi__statements') }}
    where {{ in_days('day') }}

),

deliveries as (

    select
        statement_id,
        day
    from {{ ref('stg_xapi__statements') }}
    where {{ in_days('day', before=var('repeat_days')) }}

),

-- The lake keeps one row per id and day: an id with two rows came on two days.
repeated_ids as (

    select statement_id
    from deliveries
    group by statement_id
    having count(*) > 1

),

repeated_deliveries as (

    select
        deliveries.statement_id,
        deliveries.day,
        lag(deliveries.day) over (partition by deliveries.statement_id order by deliveries.day) as delivered_before
    from deliveries
    inner join repeated_ids
        on deliveries.statement_id = repeated_ids.statement_id

),

repeats as (

    select
        statement_id,
        day
    from repeated_deliveries
    where delivered_before >= day - {{ var('repeat_days') }}

),

-- A statement about a lesson as a whole has no parent: its object is the lesson.
lesson_statements as (

    select
        statements.statement_id,
        statements.day,
        statements.event_time,
        statements.actor_key,
        statements.actor_name,
        statements.verb,
        statements.object_id,
        statements.object_name,
        coalesce(
            statements.lesson_url,
            case
                when statements.object_type = 'Activity' and not statements.is_video
                    and statements.verb in (
                        'launched', 'initialized', 'attempted', 'experienced', 'progressed', 'completed', 'passed',
                        'failed', 'terminated'
                    )
                    then rtrim(statements.object_id, '/')
            end
        ) as lesson_url,
        coalesce(
            statements.lesson_url,
            case
                when statements.object_type = 'Activity' and not statements.is_video
                    then rtrim(statements.object_id, '/')
            end
        ) as activity_url,
        statements.card_type,
        statements.card_id,
        statements.success,
        statements.completion,
        statements.response,
        statements.score_scaled,
        statements.duration_seconds,
        statements.is_video
    from statements
    left join repeats
        on statements.statement_id = repeats.statement_id
            and statements.day = repeats.day
    where repeats.statement_id is null
        or statements.claimed_at is not null

),

-- Keys are made once here: making them is slower than counting by them.
int_statements as (

    select
        *,
        {{ fingerprint(['actor_key']) }} as identifier_key,
        case when card_id is not null then {{ fingerprint(['lesson_url', 'card_id']) }} end as question_key
    from lesson_statements

)

select * from int_statements
