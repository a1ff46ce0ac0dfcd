{# Days of identifiers as days of people. #}
{% macro days_of_people(model_name) %}
    select
        days.*,
        coalesce(merged.person_key, days.identifier_key) as person_key
    from {{ ref(model_name) }} as days
    left join {{ ref('int_merged_identifiers') }} as merged
        on days.identifier_key = merged.identifier_key
{% endmacro %}
