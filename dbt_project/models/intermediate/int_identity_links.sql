{# Two identifiers are one person's when they share a bond: an e-mail address, a known address behind a SHA-1, a name
   that is an address, a confirmed link. Nothing else bonds: no likeness of names, no guess. #}
with

claims as (

    select distinct
        actor_key as identifier,
        email
    from {{ ref('int_actor_names') }}
    where email is not null

),

named as (

    select identifier from {{ ref('int_identifiers') }}
    union distinct
    select identifier from {{ ref('int_roster_members') }}
    union distinct
    select 'mbox:' || email as identifier from claims
    union distinct
    select identifier_a as identifier from {{ ref('int_confirmed_links') }}
    union distinct
    select identifier_b as identifier from {{ ref('int_confirmed_links') }}

),

addresses as (

    select
        identifier,
        substr(identifier, 6) as email
    from named
    where identifier like 'mbox:%'

),

digests as (

    select
        identifier,
        substr(identifier, 14) as digest
    from named
    where identifier like 'mbox_sha1sum:%'

),

-- The specification digests the mailto IRI; some systems hash the bare address.
known_digests as (

    select
        identifier,
        {{ sha1("'mailto:' || email") }} as digest
    from addresses
    union all
    select
        identifier,
        {{ sha1('email') }} as digest
    from addresses

),

pairs as (

    select
        digests.identifier as identifier_a,
        known_digests.identifier as identifier_b,
        'sha1' as bond
    from digests
    inner join known_digests
        on digests.digest = known_digests.digest
    union all
    select
        identifier as identifier_a,
        'mbox:' || email as identifier_b,
        'name is an address' as bond
    from claims
    union all
    select
        identifier_a,
        identifier_b,
        'link' as bond
    from {{ ref('int_confirmed_links') }}

),

numbered as (

    select
        identifier_a,
        identifier_b,
        bond,
        row_number() over (order by bond, identifier_a, identifier_b) as pair_number
    from pairs

),

int_identity_links as (

    select
        pair_number,
        bond,
        identifier_a as identifier
    from numbered
    union all
    select
        pair_number,
        bond,
        identifier_b as identifier
    from numbered

)

select * from int_identity_links
