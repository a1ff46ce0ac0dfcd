with

made as (

    select
        *,
        day = max(day) over () as is_latest
    from {{ source('insights', 'themes') }}
    where {{ in_any_day('day') }}

),

weekly_themes as (

    select
        source,
        week,
        week_start,
        theme,
        texts,
        people,
        people_before,
        change,
        phrases,
        fewest_people,
        sampled_share,
        version
    from made
    where is_latest

)

select * from weekly_themes
