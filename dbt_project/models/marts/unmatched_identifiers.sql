{# Identifiers that no roster row, address, hash or link explains. A suggestion is only that: who agrees writes it into
   links.csv. #}
with

unmatched as (

    select
        *,
        {{ letters_of('name_key') }} as letters
    from {{ ref('int_unmatched_names') }}

),

roster_names as (

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

roster as (

    select
        *,
        {{ letters_of('name_key') }} as letters
    from roster_names

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
        and {{ may_be_near('unmatched.letters', 'roster.letters', edits=2) }}
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
