{# Facts of days that also stand on something small which holds for all days, as a video's length: a run replaces the
   asked days, and of every day the rows of the keys that changed (macros/keys.sql). BigQuery builds them whole. #}
{% macro built_by_day_and_key(key, inputs, before=0, after=0) %}
    {{ adapter.dispatch('built_by_day_and_key')(key, inputs, before, after) }}
{% endmacro %}

{% macro duckdb__built_by_day_and_key(key, inputs, before, after) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='day_and_key',
        unique_key=key,
        on_schema_change='fail',
        post_hook='{{ advance_watermark() }}',
        meta={'days_before': before, 'days_after': after, 'inputs': inputs, 'key_type': 'varchar', 'people': false},
    ) }}
{% endmacro %}

{% macro bigquery__built_by_day_and_key(key, inputs, before, after) %}
    {{ config(materialized='table') }}
{% endmacro %}

{# The rows that this model replaces, widened by days: a condition on a date column and a column with the model's key. #}
{% macro in_days_or_changed(day, key, before=0, after=0) %}
    {%- if target.type == 'duckdb' -%}
        ({{ in_days(day, before, after) }} or {{ has_changed(key) }})
    {%- else -%}
        {{ day }} >= date '0001-01-01'
    {%- endif -%}
{% endmacro %}

{% macro get_incremental_day_and_key_sql(arguments) %}
    {% set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') %}
    delete from {{ arguments['target_relation'] }} where {{ in_days_or_changed('day', arguments['unique_key']) }};
    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }};
{% endmacro %}
