{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and is_question

),

int_question_days as (

    select
        day,
        question_key,
        activity_url,
        lesson_url,
        card_id,
        {{ latest('object_url', by='event_time') }} as activity_id,
        {{ latest('card_type', by='event_time') }} as card_type,
        {{ latest('interaction_type', by='event_time') }} as interaction_type,
        {{ latest('object_name', by='event_time') }} as question,
        {{ count_where('is_answer') }} as answers,
        min(event_time) as first_at,
        max(event_time) as last_at
    from statements
    group by day, question_key, activity_url, lesson_url, card_id

)

select * from int_question_days
