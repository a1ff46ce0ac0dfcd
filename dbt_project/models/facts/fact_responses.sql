{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}

),

labels as (

    select * from {{ source('labels', 'answers') }}
    where {{ in_days('day') }}

),

answers as (

    select * from statements
    where is_answer

),

fact_responses as (

    select
        answers.statement_id,
        answers.day,
        {{ local_day('answers.event_time') }} as local_day,
        answers.event_time as responded_at,
        answers.received_at,
        answers.clock_skewed,
        answers.actor_key,
        answers.activity_url,
        answers.object_id,
        answers.object_url,
        answers.card_type,
        answers.card_id,
        answers.interaction_type,
        answers.object_name as question,
        answers.response_words as response,
        answers.response as sent_response,
        {{ answer_key('answers.object_name', 'answers.response_words') }} as answer_key,
        answers.is_correct,
        answers.score_scaled,
        answers.duration_seconds,
        labels.language,
        labels.sentiment,
        labels.theme,
        labels.positives
    from answers
    left join labels
        on answers.statement_id = labels.answer_id
            and answers.day = labels.day

)

select * from fact_responses
