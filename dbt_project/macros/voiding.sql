{# A statement that is voided late opens its own day again: whatever days a run asks for, each model below
   stg_xapi__voidings builds the reopened days too, once. Whichever run died in between, they are not forgotten. #}

{# Days to build besides the asked ones, as texts. Only for models that are built after the voidings are. #}
{% macro reopened_days() %}
    {% if not execute or model is not mapping or model.get('resource_type') != 'model' %}{{ return([]) }}{% endif %}
    {% if not is_made_from(voidings()) %}{{ return([]) }}{% endif %}
    {{ return(adapter.dispatch('reopened_days')()) }}
{% endmacro %}

{# The model's part of the list of changes that it has not read (macros/keys.sql). A model's first build reopens nothing. #}
{% macro duckdb__reopened_days() %}
    {% set noted = run_query("select max(change) from " ~ key_positions() ~ " where model = '" ~ model.name ~ "'")[0][0] %}
    {% if noted is none %}{{ return([]) }}{% endif %}
    {% set days = run_query("select distinct key from " ~ key_changes() ~ " where model = 'stg_xapi__voidings'"
        ~ " and key <> '' and change > " ~ noted ~ " order by key") %}
    {{ return(days.columns[0].values() | list) }}
{% endmacro %}

{# BigQuery keeps no list of changes: the asked days' voidings reopen their days each time they are built. #}
{% macro bigquery__reopened_days() %}
    {% if flags.WHICH not in ('run', 'build') %}{{ return([]) }}{% endif %}
    {% set days = run_query("select distinct cast(voided_day as string) as voided_day from "
        ~ graph.nodes[voidings()].relation_name ~ " where voided_day is not null and (" ~ asked_days() ~ ") order by 1") %}
    {{ return(days.columns[0].values() | list) }}
{% endmacro %}

{% macro asked_days() %}
    {%- for first, last in zip(env_var('DBT_FROM_DAY', '').split(','), env_var('DBT_TO_DAY', '').split(',')) -%}
        {{ ' or ' if not loop.first }}day between date '{{ first }}' and date '{{ last }}'
    {%- endfor -%}
{% endmacro %}

{% macro voidings() %}{{ return('model.' ~ project_name ~ '.stg_xapi__voidings') }}{% endmacro %}

{# Whether the model is made from another one, over however many steps. #}
{% macro is_made_from(ancestor) %}
    {% set seen = [model.unique_id] %}
    {% for name in seen %}
        {% for parent in graph.nodes.get(name, {}).get('depends_on', {}).get('nodes', []) if parent not in seen %}
            {% do seen.append(parent) %}
        {% endfor %}
    {% endfor %}
    {{ return(ancestor in seen[1:]) }}
{% endmacro %}

{# After the build. A model that nothing reopens notes nothing. #}
{% macro record_reopened_days() %}
    {%- if execute and is_made_from(voidings()) -%}{{ advance_watermark() }}{%- endif -%}
{% endmacro %}

{# dbt's own, with the reopened days among the replaced partitions: those of the configuration are of the asked days. #}
{% macro bq_insert_overwrite_sql(
    tmp_relation, target_relation, sql, unique_key, partition_by, partitions, dest_columns, tmp_relation_exists,
    copy_partitions
) %}
    {% set meta = model.config.meta %}
    {{ bq_static_insert_overwrite_sql(
        tmp_relation, target_relation, sql, partition_by, day_literals(meta.days_before, meta.days_after), dest_columns,
        tmp_relation_exists, copy_partitions
    ) }}
{% endmacro %}
