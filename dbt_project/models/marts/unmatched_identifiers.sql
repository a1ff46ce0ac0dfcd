{# Identifiers that no roster row, address, hash or link explains. A suggestion is only that: who agrees writes it into
   links.csv. #}
with

persons as (

    select * from {{ ref('person_identifiers') }}

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

unmatched as (

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

),

roster as (

    select distinct
        identifier,
        {{ name_key(text_before('email', '@')) }} as name_key,
        'same local part' as reason
    from {{ ref('int_roster_members') }}
    where email is not null
    union distinct
    select distinct
        identifier,
        {{ name_key('full_name') }} as name_key,
        'same name' as reason
    from {{ ref('int_roster_members') }}
    where full_name is not null

),

likenesses as (

    select
        unmatched.identifier,
        roster.identifier as suggested_identifier,
        case when unmatched.name_key = roster.name_key then roster.reason else 'near name' end as reason
    from unmatched
    inner join roster
        on substr(unmatched.name_key, 1, 4) = substr(roster.name_key, 1, 4)
    where length(unmatched.name_key) >= 6
        and abs(length(unmatched.name_key) - length(roster.name_key)) <= 2
        and {{ edit_distance('unmatched.name_key', 'roster.name_key') }} <= 2

),

-- The nearest kind of likeness; two members who are equally like are no suggestion.
ranked as (

    select
        identifier,
        suggested_identifier,
        reason,
        case when reason = 'near name' then 2 else 1 end as kind
    from likenesses

),

nearest as (

    select
        identifier,
        min(kind) as kind
    from ranked
    group by identifier

),

suggestions as (

    select
        ranked.identifier,
        min(ranked.suggested_identifier) as suggested_identifier,
        min(ranked.reason) as reason
    from ranked
    inner join nearest
        on ranked.identifier = nearest.identifier
            and ranked.kind = nearest.kind
    group by ranked.identifier
    having count(distinct ranked.suggested_identifier) = 1

),

unmatched_identifiers as (

    select
        unmatched.identifier,
        unmatched.person_id,
        unmatched.kind,
        unmatched.statements,
        unmatched.chat_events,
        unmatched.video_events,
        unmatched.telemetry_events,
        unmatched.export_answers,
        unmatched.first_seen_at,
        unmatched.last_seen_at,
        suggestions.suggested_identifier,
        suggestions.reason as suggestion_reason
    from unmatched
    left join suggestions
        on unmatched.identifier = suggestions.identifier

)

select * from unmatched_identifiers
