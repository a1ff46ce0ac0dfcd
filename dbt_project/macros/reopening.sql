{# What comes late opens other days again: a voiding that of the statement it voids, an answer those of the other answers
   to its query, a view those of the session's other views. Whatever days a run asks for, each model below builds the
   reopened days too, once. Whichever run died in between, they are not forgotten. #}

{# Days to build besides the asked ones, as texts. Only for models that are made from one that reopens days. #}
{% macro reopened_days() %}
    {% if not execute or model is not mapping or model.get('resource_type') != 'model' %}{{ return([]) }}{% endif %}
    {% if not is_reopened() %}{{ return([]) }}{% endif %}
    {% set queries = adapter.dispatch('reopening_queries')() %}
    {% if not queries %}{{ return([]) }}{% endif %}
    {% set days = run_query("select distinct day from (" ~ queries | join(' union all ') ~ ") as reopened order by day") %}
    {{ return(days.columns[0].values() | list) }}
{% endmacro %}

{# The model's part of the list of changes that it has not read (macros/changes.sql). A model's first build reopens nothing. #}
{% macro duckdb__reopening_queries() %}
    {% set noted = run_query("select max(change) from " ~ key_positions() ~ " where model = '" ~ model_to_build() ~ "'")[0][0] %}
    {% if noted is none %}{{ return([]) }}{% endif %}
    {% set queries = [] %}
    {% if is_made_from(voidings()) %}
        {% do queries.append("select key as day from " ~ key_changes() ~ " where model = 'stg_xapi__voidings'"
            ~ " and key <> '' and change > " ~ noted) %}
    {% endif %}
    {% for name, key in shared_keys() if is_made_from(name) %}
        {% do queries.append("select cast(day as varchar) as day from " ~ graph.nodes[name].relation_name
            ~ " where " ~ key ~ " in (select cast(key as bigint) from " ~ key_changes() ~ " where model = '"
            ~ graph.nodes[name].name ~ "' and change > " ~ noted ~ ")") %}
    {% endfor %}
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
    {% for name, key in shared_keys() if is_made_from(name) %}
        {% set rows, meta = graph.nodes[name].relation_name, graph.nodes[name].config.meta %}
        {% set changed = asked_days(meta.days_before, meta.days_after) %}
        {% do queries.append("select cast(day as string) as day from " ~ rows ~ " where " ~ key ~ " in (select " ~ key
            ~ " from " ~ rows ~ " where " ~ changed ~ ")") %}
    {% endfor %}
    {{ return(queries) }}
{% endmacro %}

{% macro asked_days(before=0, after=0) %}
    {%- set day = modules.datetime.timedelta(days=1) -%}
    {%- for first, last in zip(env_var('DBT_FROM_DAY', '').split(','), env_var('DBT_TO_DAY', '').split(',')) -%}
        {%- set from_day = modules.datetime.date.fromisoformat(first) - before * day -%}
        {%- set to_day = modules.datetime.date.fromisoformat(last) + after * day -%}
        {{ ' or ' if not loop.first }}day between date '{{ from_day }}' and date '{{ to_day }}'
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

{# Models whose rows of one key, on whatever days, say something together. #}
{% macro shared_keys() %}
    {{ return([
        ('model.' ~ project_name ~ '.int_answered_queries', 'query_key'),
        ('model.' ~ project_name ~ '.int_video_sessions', 'viewing_key'),
    ]) }}
{% endmacro %}

{% macro is_reopened() %}
    {% for name in [voidings()] + shared_keys() | map('first') | list if is_made_from(name) %}
        {{ return(true) }}
    {% endfor %}
    {{ return(false) }}
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
