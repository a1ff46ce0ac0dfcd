{{ config(materialized='ephemeral') }}

with

changes as (

    select
        view_id,
        from_seconds as place,
        case is_last when 1 then 1 when 0 then -1 else 0 end as list_change,
        case is_last when 1 then 1 else -1 end as new_change
    from {{ ref('int_video_list_pieces') }}
    where has_earlier

    union all

    select
        view_id,
        to_seconds as place,
        case is_last when 1 then -1 when 0 then 1 else 0 end as list_change,
        case is_last when 1 then -1 else 1 end as new_change
    from {{ ref('int_video_list_pieces') }}
    where has_earlier

),

steps as (

    select
        view_id,
        place,
        sum(list_change) as list_change,
        sum(new_change) as new_change
    from changes
    group by view_id, place

),

levels as (

    select
        view_id,
        place as from_seconds,
        lead(place) over by_place as to_seconds,
        sum(list_change) over by_place as list_times,
        sum(new_change) over by_place as new_times
    from steps
    window by_place as (partition by view_id order by place)

),

-- A list that does not contain the earlier one was begun anew.
continued as (

    select view_id
    from levels
    group by view_id
    having coalesce(sum(case when list_times < 0 then to_seconds - from_seconds end), 0) <= 1

),

int_video_list_stretches as (

    select
        view_id,
        from_seconds,
        to_seconds,
        {{ whole_number('new_times') }} as times
    from levels
    where new_times > 0
        and view_id in (select continued.view_id from continued)

    union all

    select
        view_id,
        from_seconds,
        to_seconds,
        {{ whole_number('1') }} as times
    from {{ ref('int_video_list_pieces') }}
    where is_last = 1
        and view_id not in (select continued.view_id from continued)

)

select * from int_video_list_stretches
