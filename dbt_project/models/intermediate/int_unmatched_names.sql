{{ config(materialized='ephemeral') }}

with

persons as (

    select * from {{ ref('int_persons') }}

),

exports as (

    select
        actor_key as identifier,
        count(*) as export_answers
    from {{ source('responses', 'exports') }}
    group by actor_key

),

sent_names as (

    select
        actor_key as identifier,
        {{ latest('actor_name', by='last_at') }} as actor_name
    from {{ ref('int_actor_names') }}
    where email is null
    group by actor_key

),

int_unmatched_names as (

    select
        persons.identifier,
        persons.person_id,
        persons.kind,
        identifiers.first_seen_at,
        identifiers.last_seen_at,
        coalesce(identifiers.statements, 0) as statements,
        coalesce(identifiers.conversations + identifiers.messages, 0) as chat_events,
        coalesce(identifiers.video_events, 0) as video_events,
        coalesce(identifiers.telemetry_events, 0) as telemetry_events,
        coalesce(exports.export_answers, 0) as export_answers,
        {{ name_key(
            "case when persons.kind = 'mbox' then " ~ text_before("substr(persons.identifier, 6)", '@')
            ~ " when persons.kind = 'name' then " ~ text_after('persons.identifier', '|')
            ~ " when persons.kind = 'anonymous' then null"
            ~ " else coalesce(sent_names.actor_name, " ~ text_after('persons.identifier', ':') ~ ") end"
        ) }} as name_key
    from persons
    left join {{ ref('int_identifiers') }} as identifiers
        on persons.identifier = identifiers.identifier
    left join exports
        on persons.identifier = exports.identifier
    left join sent_names
        on persons.identifier = sent_names.identifier
    where not persons.is_on_roster
        and (identifiers.identifier is not null or exports.identifier is not null)

)

select * from int_unmatched_names
