with

-- A view that began on the day before may still be playing.
plays as (

    select
        lengths.video_id,
        runs.playing_from,
        runs.playing_to
    from {{ ref('int_video_runs') }} as runs
    inner join {{ ref('int_video_lengths') }} as lengths
        on runs.video_id = lengths.sent_video_id
    where
        runs.is_counted
        and runs.playing_to > runs.playing_from

),

-- All videos together are a line of their own: the peak of a sum is not the sum of the peaks.
scoped as (

    select * from plays
    union all
    select
        cast(null as {{ engine_type('text') }}) as video_id,
        playing_from,
        playing_to
    from plays

),

-- +1 where one begins, -1 where one ends, and nothing at each full minute between, so that no step spans two minutes.
changes as (

    select
        video_id,
        playing_from as changed_at,
        1 as change
    from scoped

    union all

    select
        video_id,
        playing_to as changed_at,
        -1 as change
    from scoped

    union all

    select
        video_id,
        {{ minute_start('playing_from') }} + (mark + 1) * 60000000 as changed_at,
        0 as change
    from scoped
    cross join {{ numbers_below(whole_number(
        '(' ~ minute_start('playing_to - 1') ~ ' - ' ~ minute_start('playing_from') ~ ') / 60000000'
    ), 'mark') }}

),

steps as (

    select
        video_id,
        changed_at,
        sum(change) as change
    from changes
    group by video_id, changed_at

),

levels as (

    select
        video_id,
        changed_at,
        lead(changed_at) over (partition by video_id order by changed_at) as until,
        {{ total_over('change', 'video_id', 'changed_at') }} as playing
    from steps

),

minutes as (

    select
        video_id,
        {{ minute_start('changed_at') }} as minute_us,
        max(playing) as peak,
        {{ total('playing * (until - changed_at)') }} as playing_microseconds
    from levels
    where playing > 0
    group by video_id, {{ minute_start('changed_at') }}

),

video_concurrency as (

    select
        {{ utc_day(moment_of('minute_us')) }} as day,
        {{ moment_of('minute_us') }} as minute,
        video_id,
        peak,
        playing_microseconds / 6e7 as average,
        playing_microseconds / 1e6 as playing_seconds
    from minutes

)

select * from video_concurrency
