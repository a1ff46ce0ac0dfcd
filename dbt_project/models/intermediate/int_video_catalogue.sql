{{ config(materialized='ephemeral') }}

with

newest_catalogue as (

    select max(batch_id) as batch_id from {{ source('videos', 'catalogue') }}

),

int_video_catalogue as (

    select
        catalogue.video_id,
        {{ latest('catalogue.title', by='catalogue.file_line') }} as title,
        {{ latest('catalogue.duration_seconds', by='catalogue.file_line') }} as duration_seconds,
        {{ latest('catalogue.alias_of', by='catalogue.file_line') }} as alias_of
    from {{ source('videos', 'catalogue') }} as catalogue
    inner join newest_catalogue
        on catalogue.batch_id = newest_catalogue.batch_id
    group by catalogue.video_id

)

select * from int_video_catalogue
