{{ built_by_day(after=var('repeat_days')) }}

with

statements as (

    select * from {{ ref('int_statements') }}
    where {{ in_days('day') }}
        and actor_name is not null
        and actor_key is not null

),

int_actor_names as (

    select
        day,
        actor_key,
        trim(actor_name) as actor_name,
        -- Some vendors send the e-mail address as the name: an identity given by the source.
        case
            when actor_name like '%_@_%._%' and trim(actor_name) not like '% %' then lower(trim(actor_name))
        end as email,
        max(event_time) as last_at
    from statements
    group by day, actor_key, trim(actor_name), email

)

select * from int_actor_names
