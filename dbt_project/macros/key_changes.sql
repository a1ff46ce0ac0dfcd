{# The list of changed keys and the notes of how far each model has read it (macros/keys.sql). #}

{# Rows are compared, so that a day that comes again as it was touches nobody. #}
{% macro record_key_changes(arguments, columns, condition, old_keys, new_keys) %}
    {% set old = "select " ~ columns ~ " from " ~ arguments['target_relation'] ~ " where " ~ condition %}
    {% set new = "select " ~ columns ~ " from " ~ arguments['temp_relation'] %}
    insert into {{ key_changes() }}
    select '{{ model.name }}', key, nextval('steps.keys.numbers')
    from (
        {% for key in old_keys %}
        {{ 'union' if not loop.first }} select cast({{ key }} as varchar) as key from ({{ old }} except {{ new }})
        {% endfor %}
        {% for key in new_keys %}
        union select cast({{ key }} as varchar) as key from ({{ new }} except {{ old }})
        {% endfor %}
    );
{% endmacro %}

{# NULL says that every key may have changed. #}
{% macro record_new_table() %}
    {% if load_relation(this) is none or should_full_refresh() %}
        insert into {{ key_changes() }} values ('{{ model.name }}', null, nextval('steps.keys.numbers'));
    {% endif %}
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
    {# Numbers that were never given are of a file that is gone: whoever noted one knows nothing. #}
    {% set given = "(select coalesce(max(last_value), 0) from duckdb_sequences() where database_name = 'steps')" %}
    {% set nodes = graph.get('nodes', {}).values() | selectattr('resource_type', 'equalto', 'model') %}
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
