{{ config(materialized='ephemeral') }}

with

signals as (

    select * from {{ ref('int_video_ordered_signals') }}

),

-- Pairs, other signals and what has no position are read apart from each other: none of them ends another's stretch.
int_video_view_signals as (

    select
        signals.viewing_key,
        coalesce(numbers.view_number, 0) as view_number,
        signals.place,
        signals.day,
        signals.event_time,
        signals.signal,
        case
            when signals.resumes_at_seconds is null then 'none' when signals.is_segment then 'pairs' else 'signals'
        end as chain,
        signals.position_seconds,
        signals.resumes_at_seconds,
        signals.duration_seconds,
        coalesce(numbers.rate, 1) as rate,
        signals.played_segments,
        coalesce(numbers.lists_so_far, 0) as lists_so_far
    from signals
    left join {{ ref('int_video_view_numbers') }} as numbers
        on signals.viewing_key = numbers.viewing_key
            and signals.place = numbers.place

)

select * from int_video_view_signals
