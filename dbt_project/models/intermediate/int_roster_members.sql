with

roster as (

    select * from {{ source('people', 'roster') }}

),

-- A file is the whole state of each cohort that it names.
cohort_batches as (

    select distinct
        cohort,
        batch_id,
        valid_from
    from roster

),

next_batches as (

    select
        cohort,
        batch_id,
        lead(valid_from) over (partition by cohort order by batch_id) as next_valid_from
    from cohort_batches

),

members as (

    select
        *,
        coalesce(
            'mbox:' || email,
            'id:' || external_id,
            'name:' || cohort || '|' || full_name
        ) as identifier
    from roster

),

latest_rows as (

    select
        *,
        row_number() over (partition by cohort, identifier order by batch_id desc, file_line asc) as place
    from members

),

int_roster_members as (

    select
        latest_rows.cohort,
        latest_rows.identifier,
        latest_rows.batch_id,
        latest_rows.group_name,
        latest_rows.team_name,
        latest_rows.email,
        coalesce(
            latest_rows.full_name,
            nullif(trim(coalesce(latest_rows.first_name, '') || ' ' || coalesce(latest_rows.last_name, '')), '')
        ) as full_name,
        latest_rows.first_name,
        latest_rows.external_id,
        -- Absent from the cohort's next file: gone from the day on which that file holds.
        next_batches.next_valid_from as left_on
    from latest_rows
    inner join next_batches
        on latest_rows.cohort = next_batches.cohort
            and latest_rows.batch_id = next_batches.batch_id
    where latest_rows.place = 1

)

select * from int_roster_members
