{# Counting a view means making it. Their joins keep each row of the fact below exactly once, so the facts know. #}
with

activities as (

    select count(*) as row_count from {{ ref('fact_activities') }}

),

responses as (

    select count(*) as row_count from {{ ref('fact_responses') }}

),

-- Exported answers that are statements too are in the responses already.
exports as (

    select count(*) as row_count from {{ ref('fact_exports') }}
    where statement_id is null

),

progress as (

    select count(*) as row_count from {{ ref('fact_progress') }}

),

completions as (

    select count(*) as row_count from {{ ref('fact_completions') }}

),

tries as (

    select count(*) as row_count from {{ ref('fact_first_tries') }}

),

engagement as (

    select count(*) as row_count from {{ ref('fact_engagement') }}

),

video_views as (

    select count(*) as row_count from {{ ref('fact_video_views') }}

),

rows_of_views as (

    select
        'user_activities' as mart,
        activities.row_count + responses.row_count as row_count
    from activities
    cross join responses

    union all

    select
        'lesson_progress' as mart,
        row_count
    from progress

    union all

    select
        'activity_completions' as mart,
        row_count
    from completions

    union all

    select
        'user_engagement_daily' as mart,
        row_count
    from engagement

    union all

    select
        'first_tries' as mart,
        row_count
    from tries

    union all

    select
        'video_views' as mart,
        row_count
    from video_views

    union all

    select
        'user_responses' as mart,
        responses.row_count + exports.row_count as row_count
    from responses
    cross join exports

)

select * from rows_of_views
