{# A view: who is who and what a video is called are joined when it is read. #}
{{ config(materialized='view') }}

with

views as (

    select * from {{ ref('fact_video_views') }}

),

users as (

    select * from {{ ref('users') }}

),

video_views as (

    select
        views.view_id,
        views.day,
        views.local_day,
        {{ local_hour('views.started_at') }} as local_hour,
        views.video_id,
        catalogue.title,
        views.sent_video_id,
        views.actor_key,
        persons.person_id,
        users.cohort,
        views.session_id,
        views.started_at,
        views.ended_at,
        views.duration_seconds,
        views.duration_is_estimated,
        views.furthest_seconds,
        views.furthest_before_seek_seconds,
        views.last_seconds,
        views.left_at,
        views.play_time_seconds,
        views.unique_watched_seconds,
        {{ ratio('views.unique_watched_seconds', 'views.duration_seconds') }} as percent_watched,
        {{ is_completed_view('views.') }} as is_completed,
        {{ is_valid_view('views.') }} as is_valid,
        views.skips,
        views.inferred_seconds > 0 as is_inferred,
        views.inferred_seconds,
        views.dialect,
        views.other_dialect,
        views.other_play_time_seconds,
        views.dialect_difference_seconds
    from views
    left join {{ ref('video_catalogue') }} as catalogue
        on views.video_id = catalogue.video_id
    left join {{ ref('person_identifiers') }} as persons
        on views.actor_key = persons.identifier
    left join users
        on persons.person_id = users.person_id

)

select * from video_views
