with

dropoffs as (

    select * from {{ ref('video_dropoffs') }}

),

-- Each with the hour of the clock in which they left and the next one: nothing else can lie within an hour.
leavers as (

    select
        dropoffs.video_id,
        dropoffs.dropoff_number,
        views.view_id,
        persons.person_id,
        views.left_at,
        {{ hour_number('views.left_at') }} + later as hour_bucket
    from dropoffs
    inner join {{ ref('fact_video_views') }} as views
        on dropoffs.video_id = views.video_id
            and floor(views.last_seconds) between dropoffs.from_second and dropoffs.to_second
    left join {{ ref('person_identifiers') }} as persons
        on views.actor_key = persons.identifier
    cross join {{ numbers_below('2', 'later') }}

),

left_there as (

    select
        video_id,
        dropoff_number,
        count(distinct view_id) as views_left,
        count(distinct person_id) as people_left
    from leavers
    group by video_id, dropoff_number

),

next_steps as (

    select * from {{ ref('int_next_steps') }}

),

followed as (

    select
        leavers.video_id,
        leavers.dropoff_number,
        leavers.person_id,
        next_steps.what,
        next_steps.subject
    from leavers
    inner join next_steps
        on leavers.person_id = next_steps.person_id
            and leavers.hour_bucket = next_steps.hour_bucket
    where next_steps.happened_at > leavers.left_at
        and {{ seconds_between('leavers.left_at', 'next_steps.happened_at') }} <= 3600

),

-- Once by subject, once by kind altogether.
counted as (

    select
        video_id,
        dropoff_number,
        what,
        subject,
        count(distinct person_id) as people
    from followed
    where subject is not null
    group by video_id, dropoff_number, what, subject

    union all

    select
        video_id,
        dropoff_number,
        what,
        cast(null as {{ engine_type('text') }}) as subject,
        count(distinct person_id) as people
    from followed
    group by video_id, dropoff_number, what

),

video_moments as (

    select
        counted.video_id,
        counted.dropoff_number,
        dropoffs.from_second,
        dropoffs.to_second,
        left_there.views_left,
        left_there.people_left,
        counted.what,
        counted.subject,
        counted.people,
        {{ ratio('counted.people', 'left_there.people_left') }} as share
    from counted
    inner join left_there
        on counted.video_id = left_there.video_id
            and counted.dropoff_number = left_there.dropoff_number
    inner join dropoffs
        on counted.video_id = dropoffs.video_id
            and counted.dropoff_number = dropoffs.dropoff_number
    -- Fewer people could be known again.
    where counted.people >= {{ var('fewest_people') }}

)

select * from video_moments
