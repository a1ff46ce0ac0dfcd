{# Things that last over days (conversations): one row per key, of which a run rebuilds only those that the asked days
   touch. BigQuery rebuilds the whole table: there a scan is cheap and a change of single rows is not. #}

{% macro built_by_key(key, after=0) %}
    {{ adapter.dispatch('built_by_key')(key, after) }}
{% endmacro %}

{% macro duckdb__built_by_key(key, after) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='touched',
        unique_key=key,
        on_schema_change='fail',
        meta={'days_before': 0, 'days_after': after},
    ) }}
{% endmacro %}

{% macro bigquery__built_by_key(key, after) %}
    {{ config(materialized='table') }}
{% endmacro %}

{# The keys to build: those with a row in the asked days now, and those that had one, which may be gone. #}
{% macro is_touched(key, steps) %}
    {%- if target.type == 'duckdb' and execute and day_range() and is_incremental() -%}
        {{ key }} in (
            select {{ key }} from {{ steps }} where {{ in_days('day') }}
            union all
            select {{ key }} from {{ this }} where {{ lasts_into_days() }}
        )
    {%- else -%}
        true
    {%- endif -%}
{% endmacro %}

{% macro lasts_into_days() %}
    {%- set meta = model.config.meta -%}
    {%- set range = day_range(meta.get('days_before', 0), meta.get('days_after', 0)) -%}
    {{ utc_day('first_at') }} <= date '{{ range.last }}' and {{ utc_day('last_at') }} >= date '{{ range.first }}'
{% endmacro %}

{% macro get_incremental_touched_sql(arguments) %}
    {% set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') %}
    {% set key = arguments['unique_key'] %}
    delete from {{ arguments['target_relation'] }}
    where {{ lasts_into_days() }} or {{ key }} in (select {{ key }} from {{ arguments['temp_relation'] }});
    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }};
{% endmacro %}
