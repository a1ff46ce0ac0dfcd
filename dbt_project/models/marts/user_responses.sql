{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}

),

-- No answer is too short to count: 'none', 'false' and '0' are answers.
answers as (

    select * from statements
    where verb = 'answered'
        and (response is not null or card_id is not null)

),

user_responses as (

    select
        statement_id,
        day,
        {{ local_day('event_time') }} as local_day,
        event_time as responded_at,
        actor_key,
        lesson_url,
        card_type,
        card_id,
        object_name as question,
        case card_type
            when 'poll' then 'choice'
            when 'rate' then 'rating'
            when 'submit-media' then 'media'
            when 'quiz' then 'quiz'
            else 'text'
        end as response_type,
        response,
        -- Vendors send success = true on opinions, where there is no right answer.
        case when card_type in ('poll', 'rate', 'form', 'submit-media') then null else success end as is_correct,
        score_scaled,
        duration_seconds
    from answers

)

select * from user_responses
