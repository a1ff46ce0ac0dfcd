-- Who is still there at a second was there at the one before; at the first one everybody is.
with

followed as (

    select
        video_id,
        video_second,
        views,
        views_surviving,
        coalesce(lag(views_surviving) over (partition by video_id order by video_second), views) as survived_before
    from {{ ref('video_retention_curve') }}

)

select
    video_id,
    video_second,
    views_surviving,
    survived_before
from followed
where views_surviving > survived_before
    or views_surviving < 0
    or (video_second = 0 and views_surviving <> views)
