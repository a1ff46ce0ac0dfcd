{{ built_by_day() }}

with

statements as (

    select * from {{ ref('stg_xapi__statements') }}
    where {{ in_days('day') }}
        and is_video
        and nullif(trim(object_name), '') is not null

),

int_video_titles as (

    select
        day,
        object_id as video_id,
        {{ latest('object_name', by='event_time') }} as title,
        max(event_time) as titled_at
    from statements
    group by day, object_id

)

select * from int_video_titles
