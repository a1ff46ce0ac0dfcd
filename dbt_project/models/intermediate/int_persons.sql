{# Union-find over identifiers, here and nowhere else: the smallest fingerprint runs through pairs and identifiers in
   turn, one bond further each time. A test (assert_people_are_whole) fails when a chain is longer than the rounds. #}
{% set rounds = var('identity_rounds') %}

with

links as (

    select * from {{ ref('int_identity_links') }}

),

group_0 as (

    select
        pair_number,
        bond,
        identifier,
        {{ fingerprint(['identifier']) }} as group_key
    from links

),

{% for round in range(1, rounds + 1) %}
within_pairs_{{ round }} as (

    select
        pair_number,
        bond,
        identifier,
        min(group_key) over (partition by pair_number) as group_key
    from group_{{ round - 1 }}

),

group_{{ round }} as (

    select
        pair_number,
        bond,
        identifier,
        min(group_key) over (partition by identifier) as group_key
    from within_pairs_{{ round }}

),

{% endfor %}
linked as (

    select
        identifier,
        group_key,
        min(bond) as linked_by
    from group_{{ rounds }}
    group by identifier, group_key

),

-- An e-mail address speaks for a person; without one, the first identifier in alphabetical order.
representatives as (

    select
        group_key,
        substr(min(case when identifier like 'mbox:%' then '0' else '1' end || identifier), 2) as representative
    from linked
    group by group_key

),

known as (

    select identifier from {{ ref('int_identifiers') }}
    union distinct
    select identifier from {{ ref('int_roster_members') }}
    union distinct
    select actor_key as identifier from {{ source('responses', 'exports') }}
    union distinct
    select identifier from linked

),

roster as (

    select distinct identifier from {{ ref('int_roster_members') }}

),

persons as (

    select
        known.identifier,
        coalesce(representatives.representative, known.identifier) as representative,
        linked.linked_by,
        roster.identifier is not null as is_roster_row
    from known
    left join linked
        on known.identifier = linked.identifier
    left join representatives
        on linked.group_key = representatives.group_key
    left join roster
        on known.identifier = roster.identifier

),

int_persons as (

    select
        identifier,
        {{ made_id(['representative']) }} as person_id,
        {{ fingerprint(['identifier']) }} as identifier_key,
        {{ fingerprint(['representative']) }} as person_key,
        {{ text_before('identifier', ':') }} as kind,
        linked_by,
        max(case when is_roster_row then 1 else 0 end) over (partition by representative) = 1 as is_on_roster
    from persons

)

select * from int_persons
