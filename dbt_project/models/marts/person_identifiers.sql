with

person_identifiers as (

    select
        identifier,
        person_id,
        identifier_key,
        person_key,
        kind,
        linked_by,
        is_on_roster
    from {{ ref('int_persons') }}

)

select * from person_identifiers
