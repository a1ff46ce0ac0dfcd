{# DuckDB: schemas are called staging, intermediate and marts. BigQuery: datasets of one project, so with a prefix. #}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{ return(adapter.dispatch('layer_schema')(custom_schema_name)) }}
{% endmacro %}

{% macro duckdb__layer_schema(layer) %}
    {{ return(layer or target.schema) }}
{% endmacro %}

{% macro bigquery__layer_schema(layer) %}
    {{ return(target.schema ~ ('_' ~ layer if layer else '')) }}
{% endmacro %}
