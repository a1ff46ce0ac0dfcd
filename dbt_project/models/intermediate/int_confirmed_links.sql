{{ config(materialized='ephemeral') }}

with

newest_links as (

    select max(batch_id) as batch_id from {{ source('people', 'links') }}

),

int_confirmed_links as (

    select
        links.identifier_a,
        links.identifier_b
    from {{ source('people', 'links') }} as links
    inner join newest_links
        on links.batch_id = newest_links.batch_id

)

select * from int_confirmed_links
