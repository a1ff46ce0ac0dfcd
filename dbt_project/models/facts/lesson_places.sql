with

seen as (

    select
        activity_url,
        {{ any_true('is_lesson') }} as is_lesson
    from {{ ref('int_lesson_person_days') }}
    group by activity_url

),

mapped_urls as (

    select distinct
        url,
        lesson_id
    from {{ ref('int_lesson_map') }}
    where url is not null

),

matches as (

    select
        seen.activity_url,
        mapped_urls.lesson_id,
        mapped_urls.url,
        row_number() over (
            partition by seen.activity_url order by length(mapped_urls.url) desc, mapped_urls.lesson_id
        ) as place
    from seen
    inner join mapped_urls
        on seen.activity_url = mapped_urls.url
            or starts_with(seen.activity_url, mapped_urls.url || '/')

),

lesson_places as (

    select
        seen.activity_url,
        coalesce(matches.lesson_id, case when seen.is_lesson then seen.activity_url end) as lesson_id,
        matches.lesson_id is not null as is_mapped,
        coalesce(matches.url = seen.activity_url, true) as is_own
    from seen
    left join matches
        on seen.activity_url = matches.activity_url
            and matches.place = 1

)

select * from lesson_places
