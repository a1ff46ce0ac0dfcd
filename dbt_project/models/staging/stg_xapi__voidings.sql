{# What stg_xapi__statements leaves out. Most days have none, and then nothing is looked up. #}
{{ built_by_day(key="coalesce(cast(voided_day as varchar), '')") }}

with

voidings as (

    select
        statement_id,
        day,
        voids_statement_id
    from {{ source('xapi', 'statements') }}
    where {{ in_days('day') }}
        and voids_statement_id is not null

),

-- A voiding statement cannot be voided: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#voided
voided as (

    select
        statement_id,
        day
    from {{ source('xapi', 'statements') }}
    where {{ in_any_day('day') }}
        and voids_statement_id is null
        and statement_id in (select voids_statement_id from voidings)

),

stg_xapi__voidings as (

    select
        voidings.statement_id,
        voidings.day,
        voidings.voids_statement_id as voided_id,
        voided.day as voided_day
    from voidings
    left join voided
        on voidings.voids_statement_id = voided.statement_id

)

select * from stg_xapi__voidings
