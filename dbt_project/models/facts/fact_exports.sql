{# Answers of response exports, and the statement that says the same: same person, lesson, question and answer, the
   first with the first and the second with the second where somebody answered alike twice. #}
with

exports as (

    select * from {{ source('responses', 'exports') }}

),

labels as (

    select * from {{ source('labels', 'answers') }}

),

persons as (

    select * from {{ ref('person_identifiers') }}

),

lesson_map as (

    select * from {{ ref('int_lesson_map') }}

),

named as (

    select
        exports.*,
        persons.person_id,
        lesson_map.lesson_id,
        row_number() over (
            partition by persons.person_id, lesson_map.lesson_id, {{ squeezed('exports.question') }},
                {{ squeezed('exports.response') }}
            order by exports.exported_on, exports.file_line, exports.response_id
        ) as place
    from exports
    inner join persons
        on exports.actor_key = persons.identifier
    left join lesson_map
        on exports.lesson_number = lesson_map.lesson_number
            and exports.exported_on >= lesson_map.first_day
            and (lesson_map.next_from is null or exports.exported_on < lesson_map.next_from)

),

statements as (

    select
        responses.statement_id,
        persons.person_id,
        places.lesson_id,
        {{ squeezed('responses.question') }} as question,
        {{ squeezed('responses.response') }} as response,
        row_number() over (
            partition by persons.person_id, places.lesson_id, {{ squeezed('responses.question') }},
                {{ squeezed('responses.response') }}
            order by responses.responded_at, responses.statement_id
        ) as place
    from {{ ref('fact_responses') }} as responses
    inner join persons
        on responses.actor_key = persons.identifier
    inner join {{ ref('lesson_places') }} as places
        on responses.activity_url = places.activity_url
    where persons.person_id in (select person_id from named)

),

fact_exports as (

    select
        named.response_id,
        named.day,
        named.exported_on,
        named.actor_key,
        named.person_id,
        named.lesson_id,
        named.lesson_number,
        named.card_number,
        named.card_type,
        named.question,
        named.response,
        labels.language,
        labels.sentiment,
        labels.theme,
        labels.positives,
        statements.statement_id
    from named
    left join statements
        on named.person_id = statements.person_id
            and named.lesson_id = statements.lesson_id
            and {{ squeezed('named.question') }} = statements.question
            and {{ squeezed('named.response') }} = statements.response
            and named.place = statements.place
    left join labels
        on named.response_id = labels.answer_id
            and named.day = labels.day

)

select * from fact_exports
