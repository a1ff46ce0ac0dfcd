{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and lesson_url is not null

),

int_lesson_person_days as (

    select
        day,
        lesson_url,
        {{ fingerprint(['actor_key']) }} as person_key,
        min(event_time) as first_at,
        max(event_time) as last_at,
        {{ count_where("verb = 'answered'") }} as answers,
        -- A completed card is not a completed lesson.
        {{ any_true("(verb in ('completed', 'passed') or completion) and rtrim(object_id, '/') = lesson_url") }}
            as has_completed
    from statements
    group by day, lesson_url, person_key

)

select * from int_lesson_person_days
