with

seconds as (

    select * from {{ ref('video_retention_curve') }}

),

significant as (

    select
        *,
        lag(video_second) over (partition by video_id order by video_second) as second_before
    from seconds
    where views_at_risk >= 20
        and chance <= 0.05
        and hazard >= {{ var('dropoff_threshold') }}
        and not is_end

),

-- Neighbours are one drop-off: players round positions differently.
numbered as (

    select
        *,
        {{ number_from(
            'second_before is null or video_second - second_before > 2', partition='video_id', order='video_second'
        ) }} as dropoff_number
    from significant

),

ranges as (

    select
        video_id,
        dropoff_number,
        min(video_second) as from_second,
        max(video_second) as to_second,
        {{ earliest('video_second', by='-1 * hazard') }} as worst_second,
        max(hazard) as worst_hazard,
        max(mean_hazard) as mean_hazard,
        min(chance) as chance
    from numbered
    group by video_id, dropoff_number

),

counted as (

    select
        ranges.video_id,
        ranges.dropoff_number,
        ranges.from_second,
        ranges.to_second,
        ranges.worst_second,
        ranges.worst_hazard,
        ranges.mean_hazard,
        ranges.chance,
        max(seconds.views) as views,
        max(seconds.views_at_risk) as views_at_risk,
        {{ total('seconds.exits') }} as exits,
        max(seconds.skips) as skips
    from ranges
    inner join seconds
        on ranges.video_id = seconds.video_id
            and seconds.video_second between ranges.from_second and ranges.to_second
    group by
        ranges.video_id,
        ranges.dropoff_number,
        ranges.from_second,
        ranges.to_second,
        ranges.worst_second,
        ranges.worst_hazard,
        ranges.mean_hazard,
        ranges.chance

),

video_dropoffs as (

    select
        video_id,
        dropoff_number,
        from_second,
        to_second,
        views,
        views_at_risk,
        exits,
        {{ ratio('exits', 'views_at_risk') }} as drop_off,
        {{ wilson_lower_bound('exits', 'views_at_risk') }} as drop_off_lower_bound,
        worst_second,
        worst_hazard,
        mean_hazard,
        chance,
        skips,
        cast({{ var('dropoff_threshold') }} as {{ engine_type('number') }}) as threshold
    from counted

)

select * from video_dropoffs
