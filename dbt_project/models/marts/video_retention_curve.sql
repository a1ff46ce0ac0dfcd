with

seconds as (

    select * from {{ ref('int_video_seconds') }}

),

catalogue as (

    select * from {{ ref('video_catalogue') }}

),

hazards as (

    select
        *,
        {{ ratio('exits', 'views_at_risk') }} as hazard,
        {{ wilson_lower_bound('exits', 'views_at_risk') }} as hazard_lower_bound,
        -- Leaving at the end is no drop-off: whoever comes here can have completed the video.
        video_second >= 0.95 * duration_seconds as is_end
    from seconds

),

-- What a second of the video loses on the average, and how many seconds could stand out by chance.
usual as (

    select
        video_id,
        {{ total('exits') }} as all_exits,
        {{ total('views_at_risk') }} as all_at_risk,
        sum(case when views_at_risk >= 20 then 1 else 0 end) as seconds_judged
    from hazards
    where not is_end
    group by video_id

),

-- Each video at every hundredth of its length, beside the others of its length band.
hundredths as (

    select
        catalogue.video_id,
        catalogue.length_band,
        hundredth,
        {{ ratio('seconds.times_watched', 'seconds.views') }} as absolute_retention
    from catalogue
    cross join {{ numbers_below('100', 'hundredth') }}
    inner join seconds
        on catalogue.video_id = seconds.video_id
            and seconds.video_second = {{ whole_number('floor(hundredth * catalogue.duration_seconds / 100)') }}

),

compared as (

    select
        video_id,
        hundredth,
        count(*) over (partition by length_band, hundredth) as compared_videos,
        percent_rank() over (partition by length_band, hundredth order by absolute_retention) as relative_retention
    from hundredths

),

video_retention_curve as (

    select
        hazards.video_id,
        hazards.video_second,
        hazards.views,
        hazards.views_watching,
        hazards.times_watched,
        {{ ratio('hazards.views_watching', 'hazards.views') }} as unique_retention,
        {{ ratio('hazards.times_watched', 'hazards.views') }} as absolute_retention,
        hazards.views_surviving,
        {{ ratio('hazards.views_surviving', 'hazards.views') }} as survival,
        {{ ratio('(hazards.times_watched - hazards.views_watching)', 'hazards.views_watching') }} as rewatch,
        case when compared.compared_videos >= 5 then compared.relative_retention end as relative_retention,
        compared.compared_videos,
        hazards.exits,
        hazards.views_at_risk,
        hazards.hazard,
        hazards.hazard_lower_bound,
        {{ ratio('usual.all_exits', 'usual.all_at_risk') }} as mean_hazard,
        case
            when not hazards.is_end and usual.seconds_judged > 0
                then least(1, usual.seconds_judged * {{ chance_of_exits(
                    'hazards.exits', 'usual.all_exits', ratio('hazards.views_at_risk', 'usual.all_at_risk')
                ) }})
        end as chance,
        hazards.skips,
        hazards.is_end,
        hazards.duration_seconds,
        hazards.duration_is_estimated
    from hazards
    left join usual
        on hazards.video_id = usual.video_id
    left join compared
        on hazards.video_id = compared.video_id
            and compared.hundredth
            = {{ whole_number('least(floor(100 * hazards.video_second / hazards.duration_seconds), 99)') }}

)

select * from video_retention_curve
