{# lesson_places, as far as it changes what was counted: an activity that moves changes everybody who was there. #}
{{ built_by_comparison(old_keys=['null']) }}

with

int_lesson_urls as (

    select
        activity_url,
        lesson_id,
        is_own
    from {{ ref('lesson_places') }}

)

select * from int_lesson_urls
