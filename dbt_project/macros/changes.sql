{# DuckDB: the keys whose rows a run has changed, and how far each model has read them. A key says which other days are
   to be built again (macros/reopening.sql). Whoever changes rows writes their keys in the same transaction, and whoever
   reads notes how far: so a run that died leaves nothing forgotten. #}

{# Rows are compared, so that a day that comes again as it was changes no key. #}
{% macro record_key_changes(arguments, columns, key) %}
    {% set old = "select " ~ columns ~ " from " ~ arguments['target_relation'] ~ " where " ~ in_days('day') %}
    {% set new = "select " ~ columns ~ " from " ~ arguments['temp_relation'] %}
    insert into {{ key_changes() }}
    select '{{ model.name }}', key, nextval('steps.keys.numbers')
    from (
        select cast({{ key }} as varchar) as key from ({{ old }} except {{ new }})
        union
        select cast({{ key }} as varchar) as key from ({{ new }} except {{ old }})
    );
{% endmacro %}

{# After a build: the model has read the whole list. #}
{% macro advance_watermark() %}
    insert into {{ key_positions() }}
    select '{{ model.name }}', coalesce(max(change), 0) from {{ key_changes() }};
{% endmacro %}

{% macro key_changes() %}{{ return('steps.keys.changes') }}{% endmacro %}

{# A transaction writes to one file only, so each file has its own notes. #}
{% macro key_positions(database=none) %}
    {{ return((database or this.database) ~ '.keys.positions') }}
{% endmacro %}

{# At the start of each run: the list and the notes, without what everybody has read. #}
{% macro prepare_key_changes() %}{{ adapter.dispatch('prepare_key_changes')() }}{% endmacro %}
{% macro bigquery__prepare_key_changes() %}{% endmacro %}
{% macro duckdb__prepare_key_changes() %}
    create schema if not exists steps.keys;
    create sequence if not exists steps.keys.numbers;
    create table if not exists {{ key_changes() }} (model varchar, key varchar, change bigint);
    create table if not exists {{ key_positions('steps') }} (model varchar, change bigint);
    create schema if not exists {{ target.database }}.keys;
    create table if not exists {{ key_positions(target.database) }} (model varchar, change bigint);
    {# Only models that are built by day read the list. Numbers that were never given are of a file that is gone: a model
       that noted one knows nothing. #}
    {% set given = "(select coalesce(max(last_value), 0) from duckdb_sequences() where database_name = 'steps')" %}
    {% set nodes = graph.get('nodes', {}).values() | selectattr('config.materialized', 'equalto', 'incremental') %}
    {% set models = nodes | map(attribute='name') | list %}
    {% for database in ('steps', target.database) %}
    create or replace table {{ key_positions(database) }} as
    select model, max(change) as change from {{ key_positions(database) }}
    where change <= {{ given }} {% if models %}and model in ('{{ models | join("', '") }}'){% endif %}
    group by model;
    {% endfor %}
    delete from {{ key_changes() }} where change <= (
        select min(change) from (from {{ key_positions('steps') }} union all from {{ key_positions(target.database) }})
    );
{% endmacro %}
