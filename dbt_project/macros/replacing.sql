{# DuckDB: tables and views are replaced in place, in the transaction that dbt has begun. dbt-duckdb's own way makes
   them under another name, renames twice and drops; the statements around it cost more than most models here. Grants,
   indexes and foreign keys, which that way keeps, are not used. #}
{% materialization table, adapter='duckdb' %}
    {{ return(replace_in_place('table', columns_of_contract() ~ table_rows())) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {% if config.get('contract').enforced %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
    {{ return(replace_in_place('view', ' as (' ~ sql ~ ');')) }}
{% endmaterialization %}

{% macro replace_in_place(kind, definition) %}
    {% set existing, relation = load_cached_relation(this), this.incorporate(type=kind) %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if existing is not none and existing.type != kind %}drop {{ existing.type }} {{ existing }};{% endif %}
        create or replace {{ kind }} {{ relation }}{{ definition }}
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}

{# A contract names the columns and their types before there is a row. #}
{% macro columns_of_contract() %}
    {% if config.get('contract').enforced %}
        {{ get_assert_columns_equivalent(sql) }}
        {{ get_table_columns_and_constraints() }};
    {% endif %}
{% endmacro %}

{% macro table_rows() %}
    {% if config.get('contract').enforced %}
        insert into {{ this }} {{ get_column_names() }} ({{ get_select_subquery(sql) }});
    {% else %}
        as ({{ sql }});
    {% endif %}
{% endmacro %}
