{# Types in yml are the contracts' words (analytics_platform/contracts/model.py); each engine has its own for them. #}
{% macro engine_type(word) %}
    {{ return(adapter.dispatch('engine_type')(word)) }}
{% endmacro %}

{% macro duckdb__engine_type(word) %}
    {{ return({
        'text': 'varchar', 'integer': 'bigint', 'number': 'double', 'money': 'decimal(38, 9)', 'boolean': 'boolean',
        'timestamp': 'timestamp with time zone', 'date': 'date', 'texts': 'varchar[]',
    }[word]) }}
{% endmacro %}

{% macro bigquery__engine_type(word) %}
    {{ return({
        'text': 'string', 'integer': 'int64', 'number': 'float64', 'money': 'numeric', 'boolean': 'bool',
        'timestamp': 'timestamp', 'date': 'date', 'texts': 'array<string>',
    }[word]) }}
{% endmacro %}

{# model.columns as dbt's contract macros read them, with the engine's types. #}
{% macro typed_columns(columns) %}
    {% set typed = {} %}
    {% for name, column in columns.items() %}
        {% do typed.update({name: dict(column, data_type=engine_type(column['data_type']))}) %}
    {% endfor %}
    {{ return(typed) }}
{% endmacro %}

{# The two places where dbt turns a contract's types into SQL. #}
{% macro get_empty_schema_sql(columns) %}
    {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(typed_columns(columns))) }}
{% endmacro %}

{% macro get_table_columns_and_constraints() %}
    ({% for column in typed_columns(model['columns']).values() %}
        {{ column['name'] }} {{ column['data_type'] }}{{ ',' if not loop.last }}
    {% endfor %})
{% endmacro %}
