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

repeats as (

    select
        statement_id,
        day,
        lag(day) over (partition by statement_id order by day) as delivered_before
    from deliveries
    where statement_id in (select repeated_ids.statement_id from repeated_ids)

),

counted as (

    select
        statements.*,
        {{ stands_alone() }} as stands_alone
    from statements
    left join repeats
        on statements.statement_id = repeats.statement_id
            and statements.day = repeats.day
            and repeats.delivered_before >= repeats.day - {{ var('repeat_days') }}
    where repeats.statement_id is null
        or statements.claimed_at is not null

),

lesson_statements as (

    select
        statement_id,
        day,
        event_time,
        received_at,
        clock_skewed,
        actor_key,
        actor_name,
        verb,
        object_id,
        object_url,
        object_name,
        activity_type,
        interaction_type,
        case when stands_alone then object_url else lesson_url end as lesson_url,
        course_url,
        case
            when stands_alone or (lesson_url is null and not is_video) then object_url
            else lesson_url
        end as activity_url,
        coalesce(attempt_id, registration) as attempt_id,
        card_type,
        card_id,
        is_question,
        is_question and (verb = 'answered' or response is not null or success is not null) as is_answer,
        case
            when not {{ is_opinion('card_type', 'interaction_type') }} then coalesce(success, matches_pattern)
        end as is_correct,
        success,
        completion,
        response,
        response_words,
        score_scaled,
        duration_seconds,
        move_on,
        is_video
    from counted

),

-- Keys are made once here: making them is slower than counting by them.
int_statements as (

    select
        *,
        {{ fingerprint(['actor_key']) }} as identifier_key,
        case when attempt_id is not null then {{ fingerprint(['attempt_id']) }} end as attempt_key,
        case when is_question then {{ fingerprint(['activity_url', 'coalesce(card_id, object_url)']) }} end
            as question_key
    from lesson_statements

)

select * from int_statements
