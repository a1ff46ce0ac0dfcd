{# Counting a view means making it. Their joins keep each row of the fact below exactly once, so the facts know. #}
{% set facts = {
    'lesson_progress': 'fact_progress',
    'activity_completions': 'fact_completions',
    'user_engagement_daily': 'fact_engagement',
    'first_tries': 'fact_first_tries',
    'video_views': 'fact_video_views',
    'exchanges': 'fact_exchanges',
    'sessions': 'fact_sessions',
} %}

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

rows_of_views as (

    {% for mart, fact in facts.items() %}
    select
        '{{ mart }}' as mart,
        count(*) as row_count
    from {{ ref(fact) }}

    union all

    {% endfor %}
    select
        'user_activities' as mart,
        activities.row_count + responses.row_count as row_count
    from activities
    cross join responses

    union all

    select
        'user_responses' as mart,
        responses.row_count + exports.row_count as row_count
    from responses
    cross join exports

)

select * from rows_of_views
