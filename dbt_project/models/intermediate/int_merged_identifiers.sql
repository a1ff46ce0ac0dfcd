{# Only who has several identifiers needs the mapping: the others are their own key. #}

with

int_merged_identifiers as (

    select
        identifier_key,
        person_key
    from {{ ref('int_persons') }}
    where identifier_key <> person_key

)

select * from int_merged_identifiers
