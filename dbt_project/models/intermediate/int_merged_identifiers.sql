{# Only who has several identifiers needs the mapping: the others are their own key. #}
{{ built_by_comparison(old_keys=['identifier_key', 'person_key'], new_keys=['identifier_key', 'person_key']) }}

with

int_merged_identifiers as (

    select
        identifier_key,
        person_key
    from {{ ref('person_identifiers') }}
    where identifier_key <> person_key

)

select * from int_merged_identifiers
