{{ config(meta={'dagster': {'ref': {'name': 'person_identifiers'}}}) }}

-- Two identifiers with a bond are one person: a chain longer than var identity_rounds would show here.
select
    links.pair_number,
    count(distinct persons.person_id) as persons_found
from {{ ref('int_identity_links') }} as links
left join {{ ref('person_identifiers') }} as persons
    on links.identifier = persons.identifier
group by links.pair_number
having count(distinct persons.person_id) <> 1
