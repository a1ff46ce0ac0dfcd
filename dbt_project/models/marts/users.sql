{# Active days are counted by person: two identifiers of one person may share a day. #}
with

person_identifiers as (

    select * from {{ ref('person_identifiers') }}

),

roster as (

    select
        person_identifiers.person_id,
        members.*,
        row_number() over (
            partition by person_identifiers.person_id
            order by
                case when members.left_on is null then 0 else 1 end asc, members.batch_id desc, members.cohort asc
        ) as place
    from {{ ref('int_roster_members') }} as members
    inner join person_identifiers
        on members.identifier = person_identifiers.identifier

),

sent_names as (

    select
        person_identifiers.person_id,
        {{ latest('names.actor_name', by='names.last_at') }} as actor_name
    from {{ ref('int_actor_names') }} as names
    inner join person_identifiers
        on names.actor_key = person_identifiers.identifier
    where names.email is null
    group by person_identifiers.person_id

),

totals as (

    select
        person_identifiers.person_id,
        person_identifiers.person_key,
        count(*) as identifiers,
        min(case when person_identifiers.kind = 'mbox' then substr(person_identifiers.identifier, 6) end) as email,
        min(case when person_identifiers.kind = 'name' then {{ text_after('person_identifiers.identifier', '|') }} end)
            as exported_name,
        min(identifiers.first_seen_at) as first_seen_at,
        max(identifiers.last_seen_at) as last_seen_at,
        coalesce({{ total('identifiers.statements') }}, 0) as statements,
        coalesce({{ total('identifiers.conversations') }}, 0) as conversations,
        coalesce({{ total('identifiers.messages') }}, 0) as messages,
        coalesce({{ total('identifiers.video_events') }}, 0) as video_events,
        coalesce({{ total('identifiers.telemetry_events') }}, 0) as telemetry_events
    from person_identifiers
    left join {{ ref('int_identifiers') }} as identifiers
        on person_identifiers.identifier = identifiers.identifier
    group by person_identifiers.person_id, person_identifiers.person_key

),

day_counts as (

    select
        person_key,
        count(*) as active_days
    from {{ ref('int_person_active_days') }}
    group by person_key

),

users as (

    select
        totals.person_id,
        totals.person_key,
        coalesce(roster.full_name, sent_names.actor_name, totals.exported_name) as full_name,
        coalesce(roster.email, totals.email) as email,
        -- Who left is in no cohort any more.
        case when roster.left_on is null then roster.cohort end as cohort,
        case when roster.left_on is null then roster.group_name end as group_name,
        case when roster.left_on is null then roster.team_name end as team_name,
        case when roster.left_on is not null then roster.cohort end as former_cohort,
        roster.person_id is not null and roster.left_on is null as is_on_roster,
        totals.identifiers,
        totals.first_seen_at,
        totals.last_seen_at,
        {{ local_day('totals.first_seen_at') }} as first_local_day,
        {{ local_day('totals.last_seen_at') }} as last_local_day,
        coalesce(day_counts.active_days, 0) as active_days,
        {{ whole_number(
            'sign(totals.statements) + sign(totals.conversations + totals.messages) + sign(totals.video_events)'
            ~ ' + sign(totals.telemetry_events)'
        ) }} as sources_seen,
        totals.statements,
        totals.conversations,
        totals.messages,
        totals.video_events,
        totals.telemetry_events
    from totals
    left join roster
        on totals.person_id = roster.person_id
            and roster.place = 1
    left join sent_names
        on totals.person_id = sent_names.person_id
    left join day_counts
        on totals.person_key = day_counts.person_key

)

select * from users
