with

maps as (

    select * from {{ source('lessons', 'map') }}

),

batches as (

    select
        valid_from,
        max(batch_id) as batch_id
    from maps
    group by valid_from

),

-- The first map holds for what lies before it, too.
versions as (

    select
        batch_id,
        valid_from,
        case
            when lag(valid_from) over (order by valid_from) is null then date '0001-01-01' else valid_from
        end as first_day,
        lead(valid_from) over (order by valid_from) as next_from
    from batches

),

lessons as (

    select
        versions.first_day,
        versions.next_from,
        maps.valid_from,
        maps.position,
        maps.lesson_number,
        maps.name,
        maps.url
    from maps
    inner join versions
        on maps.batch_id = versions.batch_id

),

-- Where a lesson of the same number and name got another url, its old url is an alias.
newest_urls as (

    select
        lesson_number,
        name,
        {{ latest('url', by='valid_from') }} as url
    from lessons
    where url is not null
    group by lesson_number, name

),

current_urls as (

    select distinct url from lessons
    where next_from is null
        and url is not null

),

int_lesson_map as (

    select
        coalesce(
            current_urls.url,
            newest_urls.url,
            lessons.url,
            'lesson:' || lessons.lesson_number || coalesce('|' || lessons.name, '')
        ) as lesson_id,
        lessons.*
    from lessons
    left join current_urls
        on lessons.url = current_urls.url
    left join newest_urls
        on lessons.lesson_number = newest_urls.lesson_number
            and lessons.name = newest_urls.name

)

select * from int_lesson_map
