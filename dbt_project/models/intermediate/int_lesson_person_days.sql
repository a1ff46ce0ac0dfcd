{{ built_by_day(after=var('repeat_days'), key='identifier_key') }}

with

statements as (

    select
        *,
        {{ number_or_null('card_id') }} as card_number,
        coalesce(object_url = activity_url and not is_question, false) as is_whole
    from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and activity_url is not null

),

cards as (

    select
        day,
        activity_url,
        identifier_key,
        card_number,
        {{ any_true('lesson_url is not null') }} as is_lesson,
        min(event_time) as first_at,
        max(event_time) as last_at,
        {{ count_where('is_answer') }} as answers,
        -- A completed card or page is not a completed lesson.
        min(case when is_whole and (verb = 'completed' or completion) then event_time end) as completed_at,
        min(case when is_whole and verb = 'passed' then event_time end) as passed_at,
        min(case when is_whole and verb in ('satisfied', 'waived') then event_time end) as satisfied_at
    from statements
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
