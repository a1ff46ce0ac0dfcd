{# Answers of response exports, and the statement that says the same: same person, lesson, question and answer, the
   first with the first and the second with the second where somebody answered alike twice. #}
with

persons as (

    select * from {{ ref('int_persons') }}

),

named as (

    select
        exports.*,
        persons.person_id,
        lesson_map.lesson_id,
        {{ squeezed('exports.question') }} as same_question,
        {{ squeezed('exports.response') }} as same_response,
        {{ answer_key('exports.question', 'exports.response') }} as answer_key
    from {{ source('responses', 'exports') }} as exports
    inner join persons
        on exports.actor_key = persons.identifier
    left join {{ ref('int_lesson_map') }} as lesson_map
        on exports.lesson_number = lesson_map.lesson_number
            and exports.exported_on >= lesson_map.first_day
            and (lesson_map.next_from is null or exports.exported_on < lesson_map.next_from)

),

placed_exports as (

    select
        *,
        row_number() over (
            partition by person_id, lesson_id, same_question, same_response
            order by exported_on, file_line, response_id
        ) as place
    from named

),

-- Few of all answers, before anything is joined to them.
alike as (

    select * from {{ ref('fact_responses') }}
    where answer_key in (select answer_key from named)

),

statements as (

    select
        responses.statement_id,
        persons.person_id,
        places.lesson_id,
        responses.responded_at,
        {{ squeezed('responses.question') }} as same_question,
        {{ squeezed('responses.response') }} as same_response
    from alike as responses
    inner join persons
        on responses.actor_key = persons.identifier
    inner join {{ ref('lesson_places') }} as places
        on responses.activity_url = places.activity_url
    where persons.person_id in (select person_id from named)

),

placed_statements as (

    select
        *,
        row_number() over (
            partition by person_id, lesson_id, same_question, same_response order by responded_at, statement_id
        ) as place
    from statements

),

fact_exports as (

    select
        exports.response_id,
        exports.day,
        exports.exported_on,
        exports.actor_key,
        exports.person_id,
        exports.lesson_id,
        exports.lesson_number,
        exports.card_number,
        exports.card_type,
        exports.question,
        exports.response,
        labels.language,
        labels.sentiment,
        labels.theme,
        labels.positives,
        statements.statement_id
    from placed_exports as exports
    left join placed_statements as statements
        on exports.person_id = statements.person_id
            and exports.lesson_id = statements.lesson_id
            and exports.same_question = statements.same_question
            and exports.same_response = statements.same_response
            and exports.place = statements.place
    left join {{ ref('int_export_labels') }} as labels
        on exports.response_id = labels.answer_id
            and exports.day = labels.day

)

select * from fact_exports
