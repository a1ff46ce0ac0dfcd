{# DuckDB: marts stand in the main schema of their file, so that whoever opens it writes "from lessons"; the steps have
   schemas in the other file. BigQuery: datasets of one project, so with a prefix. #}
{% macro generate_schema_name(custom_schema_name, node) %}
    {{ return(adapter.dispatch('layer_schema')(custom_schema_name)) }}
{% endmacro %}

{% macro duckdb__layer_schema(layer) %}
    {{ return('main' if layer == 'marts' else (layer or target.schema)) }}
{% endmacro %}

{% macro bigquery__layer_schema(layer) %}
    {{ return(target.schema ~ ('_' ~ layer if layer else '')) }}
{% endmacro %}
