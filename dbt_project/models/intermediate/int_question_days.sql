{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and card_id is not null

),

int_question_days as (

    select
        day,
        question_key,
        lesson_url,
        card_id,
        {{ latest('card_type', by='event_time') }} as card_type,
        {{ latest('object_name', by='event_time') }} as question,
        {{ count_where("verb = 'answered'") }} as answers,
        min(event_time) as first_at,
        max(event_time) as last_at
    from statements
    group by day, question_key, lesson_url, card_id

)

select * from int_question_days
