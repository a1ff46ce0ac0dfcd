{# Which days a run builds. A model says once how far beyond the asked days a change can reach (built_by_day);
   reading, deleting and inserting all follow from it, so they cannot disagree. #}

{# The asked days widened, as ranges {first, last} that do not touch; none when no days were asked for, which means
   every day. DBT_FROM_DAY and DBT_TO_DAY name the first and the last day of each range, with commas between ranges. #}
{% macro day_ranges(before=0, after=0) %}
    {# The days come by environment and are asked for only when SQL runs: vars, and variables read while parsing, make
       dbt parse the project anew at every other range, which costs more than building an empty day. BigQuery's
       partitions are configuration, so there the days are known while parsing. #}
    {% if target.type == 'duckdb' and not execute %}{{ return(none) }}{% endif %}
    {% set from_day, to_day = env_var('DBT_FROM_DAY', ''), env_var('DBT_TO_DAY', '') %}
    {% if not from_day and not to_day %}{{ return(none) }}{% endif %}
    {% set firsts, lasts = from_day.split(','), to_day.split(',') %}
    {% if not (from_day and to_day) or firsts | length != lasts | length %}
        {{ exceptions.raise_compiler_error("DBT_FROM_DAY and DBT_TO_DAY go together; got '" ~ from_day ~ "' and '" ~ to_day ~ "'. Give both as YYYY-MM-DD, or neither for every day.") }}
    {% endif %}
    {% set day, ranges, reopened = modules.datetime.timedelta(days=1), [], reopened_days() %}
    {% for first_day, last_day in zip(firsts + reopened, lasts + reopened) | sort %}
        {% set first = modules.datetime.date.fromisoformat(first_day) - before * day %}
        {% set last = modules.datetime.date.fromisoformat(last_day) + after * day %}
        {% if last < first %}
            {{ exceptions.raise_compiler_error("DBT_FROM_DAY " ~ first_day ~ " lies after DBT_TO_DAY " ~ last_day ~ ".") }}
        {% endif %}
        {% if ranges and first <= ranges[-1].last + day %}
            {% do ranges[-1].update({'last': [last, ranges[-1].last] | max}) %}
        {% else %}
            {% do ranges.append({'first': first, 'last': last}) %}
        {% endif %}
    {% endfor %}
    {{ return(ranges) }}
{% endmacro %}

{# The days that this model replaces, widened: a condition on a date column. In a test: exactly the asked days. #}
{% macro in_days(column, before=0, after=0) %}
    {%- set meta = model.config.meta if model is mapping and model.config else {} -%}
    {%- set ranges = day_ranges(before + meta.get('days_before', 0), after + meta.get('days_after', 0)) -%}
    {%- if not ranges -%}
        {{ adapter.dispatch('every_day')(column) }}
    {%- else -%}
        {{ '(' if ranges | length > 1 }}
        {%- for range in ranges -%}
            {{ ' or ' if not loop.first }}{{ column }} between date '{{ range.first }}' and date '{{ range.last }}'
        {%- endfor -%}
        {{ ')' if ranges | length > 1 }}
    {%- endif -%}
{% endmacro %}

{# For a model that is made whole from a lake table that the platform writes: every day, whatever days were asked. #}
{% macro in_any_day(column) %}{{ adapter.dispatch('every_day')(column) }}{% endmacro %}

{# BigQuery's lake tables refuse a query that names no days. #}
{% macro duckdb__every_day(column) %}true{% endmacro %}
{% macro bigquery__every_day(column) %}{{ column }} >= date '0001-01-01'{% endmacro %}

{# Makes the model a fact that is replaced exactly for the asked days, and `before` and `after` more where a day's
   events change its neighbours' rows. `key`: whose changed rows open other days again (macros/reopening.sql). #}
{% macro built_by_day(before=0, after=0, key=none) %}
    {{ adapter.dispatch('built_by_day')(before, after, key) }}
{% endmacro %}

{% macro duckdb__built_by_day(before, after, key) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='whole_days',
        on_schema_change='fail',
        post_hook='{{ record_reopened_days() }}',
        meta={'days_before': before, 'days_after': after, 'key': key},
    ) }}
{% endmacro %}

{% macro bigquery__built_by_day(before, after, key) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='insert_overwrite',
        partition_by={'field': 'day', 'data_type': 'date'},
        partitions=day_literals(before, after),
        on_schema_change='fail',
        meta={'days_before': before, 'days_after': after},
    ) }}
{% endmacro %}

{% macro day_literals(before, after) %}
    {% set days = [] %}
    {% for found in day_ranges(before, after) or [] %}
        {% for i in range((found.last - found.first).days + 1) %}
            {% do days.append("date '" ~ (found.first + modules.datetime.timedelta(days=i)) ~ "'") %}
        {% endfor %}
    {% endfor %}
    {{ return(days) }}
{% endmacro %}

{# DuckDB's strategy: the range goes and comes back in the transaction that dbt has already begun, so that a day which
   is empty now ends up empty and no reader sees half of it. #}
{% macro get_incremental_whole_days_sql(arguments) %}
    {% set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') %}
    {% set key = model.config.meta.key %}
    {{ record_key_changes(arguments, columns, key) if key }}
    delete from {{ arguments['target_relation'] }} where {{ in_days('day') }};
    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }};
{% endmacro %}

{# Asked days are replaced and the others stay, even under --full-refresh; no days asked is a build from nothing. #}
{% macro should_full_refresh() %}
    {{ return(day_ranges() is none) }}
{% endmacro %}
