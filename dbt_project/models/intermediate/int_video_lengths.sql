with

days as (

    select * from {{ ref('int_video_days') }}

),

sent as (

    select distinct video_id from days

),

names as (

    select
        sent.video_id as sent_video_id,
        coalesce(known.alias_of, sent.video_id) as video_id
    from sent
    left join {{ ref('int_video_catalogue') }} as known
        on sent.video_id = known.video_id

),

told as (

    select
        names.video_id,
        days.told_seconds,
        {{ total('days.views') }} as views,
        max(days.furthest_seconds) as furthest_seconds
    from days
    inner join names
        on days.video_id = names.sent_video_id
    group by names.video_id, days.told_seconds

),

-- One player that tells a wrong length is outvoted.
votes as (

    select
        *,
        max(furthest_seconds) over (partition by video_id) as furthest_of_all,
        row_number() over (
            partition by video_id
            order by case when told_seconds > 0 then 0 else 1 end, views desc, told_seconds desc
        ) as choice
    from told

),

int_video_lengths as (

    select
        names.sent_video_id,
        names.video_id,
        coalesce(known.duration_seconds, nullif(votes.told_seconds, 0), votes.furthest_of_all) as duration_seconds,
        case
            when known.duration_seconds is not null then 'catalogue'
            when votes.told_seconds > 0 then 'players'
            when votes.furthest_of_all is not null then 'positions'
        end as duration_from
    from names
    inner join votes
        on names.video_id = votes.video_id
            and votes.choice = 1
    left join {{ ref('int_video_catalogue') }} as known
        on names.video_id = known.video_id

)

select * from int_video_lengths
