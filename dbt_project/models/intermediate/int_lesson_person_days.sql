{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select
        *,
        {{ number_or_null('card_id') }} as card_number
    from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and activity_url is not null

),

said as (

    select
        day,
        activity_url,
        identifier_key,
        card_number,
        lesson_url is not null as is_lesson,
        event_time,
        event_time as counted_at,
        is_answer,
        coalesce(object_url = activity_url and not is_question, false) as is_whole,
        verb,
        completion
    from statements
    union all
    -- It counts for the lesson above; where its own activity is a lesson, too, it completes that one all the same.
    select
        day,
        object_url as activity_url,
        identifier_key,
        null as card_number,
        false as is_lesson,
        event_time,
        cast(null as {{ engine_type('timestamp') }}) as counted_at,
        false as is_answer,
        true as is_whole,
        verb,
        completion
    from statements
    where object_url <> activity_url
        and not is_question
        and (verb in ('completed', 'passed', 'satisfied', 'waived') or completion)

),

cards as (

    select
        day,
        activity_url,
        identifier_key,
        card_number,
        {{ any_true('is_lesson') }} as is_lesson,
        min(counted_at) as first_at,
        max(counted_at) as last_at,
        {{ count_where('is_answer') }} as answers,
        -- A completed card or page is not a completed lesson.
        min(case when is_whole and (verb = 'completed' or completion) then event_time end) as completed_at,
        min(case when is_whole and verb = 'passed' then event_time end) as passed_at,
        min(case when is_whole and verb in ('satisfied', 'waived') then event_time end) as satisfied_at
    from said
    group by day, activity_url, identifier_key, card_number

),

int_lesson_person_days as (

    select
        day,
        activity_url,
        identifier_key,
        {{ any_true('is_lesson') }} as is_lesson,
        min(first_at) as first_at,
        max(last_at) as last_at,
        {{ total('answers') }} as answers,
        min(completed_at) as completed_at,
        min(passed_at) as passed_at,
        min(satisfied_at) as satisfied_at,
        max(card_number) as furthest_card,
        {{ latest('first_at', by='card_number') }} as furthest_at
    from cards
    group by day, activity_url, identifier_key

)

select * from int_lesson_person_days
