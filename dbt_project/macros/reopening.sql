{# What comes late opens other days again: a voiding that of the statement it voids, an answer those of the other answers
   to its query. Whatever days a run asks for, each model below builds the reopened days too, once. Whichever run died in
   between, they are not forgotten. #}

{# Days to build besides the asked ones, as texts. Only for models that are made from one that reopens days. #}
{% macro reopened_days() %}
    {% if not execute or model is not mapping or model.get('resource_type') != 'model' %}{{ return([]) }}{% endif %}
    {% if not is_reopened() %}{{ return([]) }}{% endif %}
    {% set queries = adapter.dispatch('reopening_queries')() %}
    {% if not queries %}{{ return([]) }}{% endif %}
    {% set days = run_query("select distinct day from (" ~ queries | join(' union all ') ~ ") as reopened order by day") %}
    {{ return(days.columns[0].values() | list) }}
{% endmacro %}

{# The model's part of the list of changes that it has not read (macros/keys.sql). A model's first build reopens nothing. #}
{% macro duckdb__reopening_queries() %}
    {% set noted = run_query("select max(change) from " ~ key_positions() ~ " where model = '" ~ model_to_build() ~ "'")[0][0] %}
    {% if noted is none %}{{ return([]) }}{% endif %}
    {% set queries = [] %}
    {% if is_made_from(voidings()) %}
        {% do queries.append("select key as day from " ~ key_changes() ~ " where model = 'stg_xapi__voidings'"
            ~ " and key <> '' and change > " ~ noted) %}
    {% endif %}
    {% if is_made_from(answered_queries()) %}
        {% do queries.append("select cast(day as varchar) as day from " ~ graph.nodes[answered_queries()].relation_name
            ~ " where query_key in (select cast(key as bigint) from " ~ key_changes()
            ~ " where model = 'int_answered_queries' and key is not null and change > " ~ noted ~ ")") %}
    {% endif %}
    {{ return(queries) }}
{% endmacro %}

{# BigQuery keeps no list of changes: what the asked days hold reopens its days each time they are built. #}
{% macro bigquery__reopening_queries() %}
    {% if flags.WHICH not in ('run', 'build') %}{{ return([]) }}{% endif %}
    {% set queries = [] %}
    {% if is_made_from(voidings()) %}
        {% do queries.append("select cast(voided_day as string) as day from " ~ graph.nodes[voidings()].relation_name
            ~ " where voided_day is not null and (" ~ asked_days() ~ ")") %}
    {% endif %}
    {% if is_made_from(answered_queries()) %}
        {% set answered = graph.nodes[answered_queries()].relation_name %}
        {% do queries.append("select cast(day as string) as day from " ~ answered ~ " where query_key in (select query_key"
            ~ " from " ~ answered ~ " where " ~ asked_days() ~ ")") %}
    {% endif %}
    {{ return(queries) }}
{% endmacro %}

{% macro asked_days() %}
    {%- for first, last in zip(env_var('DBT_FROM_DAY', '').split(','), env_var('DBT_TO_DAY', '').split(',')) -%}
        {{ ' or ' if not loop.first }}day between date '{{ first }}' and date '{{ last }}'
    {%- endfor -%}
{% endmacro %}

{# The model that is built: an ephemeral one is a part of the model below it, whose place in the list holds. #}
{% macro model_to_build() %}
    {% set found = [model.unique_id] %}
    {% for id in found %}
        {% if graph.nodes[id].config.materialized != 'ephemeral' %}{{ return(graph.nodes[id].name) }}{% endif %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' and id in node.depends_on.nodes %}
            {% do found.append(node.unique_id) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}

{% macro voidings() %}{{ return('model.' ~ project_name ~ '.stg_xapi__voidings') }}{% endmacro %}
{% macro answered_queries() %}{{ return('model.' ~ project_name ~ '.int_answered_queries') }}{% endmacro %}

{% macro is_reopened() %}
    {{ return(is_made_from(voidings()) or is_made_from(answered_queries())) }}
{% endmacro %}

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
    {%- if execute and is_reopened() -%}{{ advance_watermark() }}{%- endif -%}
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
