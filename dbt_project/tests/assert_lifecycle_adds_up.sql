-- Everybody active is new, returning or resurrecting, and the active of a period follow from those of the one before.
with

periods as (

    select
        *,
        lag(active_people) over (partition by period order by period_start) as active_before
    from {{ ref('user_lifecycle') }}

)

select * from periods
where new_people + returning_people + resurrecting_people <> active_people
    or active_people <> coalesce(active_before, 0) - dormant_people + new_people + resurrecting_people
