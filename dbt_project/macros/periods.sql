{# Hours and UTC days as the two grains of telemetry, and percentiles that are the same on both engines. #}

{% macro start_of_hour(moment) %}{{ adapter.dispatch('start_of_hour')(moment) }}{% endmacro %}
{% macro duckdb__start_of_hour(moment) %}date_trunc('hour', {{ moment }}){% endmacro %}
{% macro bigquery__start_of_hour(moment) %}timestamp_trunc({{ moment }}, hour){% endmacro %}

{% macro start_of_minute(moment) %}{{ adapter.dispatch('start_of_minute')(moment) }}{% endmacro %}
{% macro duckdb__start_of_minute(moment) %}date_trunc('minute', {{ moment }}){% endmacro %}
{% macro bigquery__start_of_minute(moment) %}timestamp_trunc({{ moment }}, minute){% endmacro %}

{% macro start_of_day(day, hour=0) %}{{ adapter.dispatch('start_of_day')(day, hour) }}{% endmacro %}
{% macro duckdb__start_of_day(day, hour) %}make_timestamptz(epoch_us(cast({{ day }} as timestamp)) + {{ hour }} * 3600000000){% endmacro %}
{% macro bigquery__start_of_day(day, hour) %}timestamp_add(timestamp({{ day }}), interval {{ hour }} hour){% endmacro %}

{# Each row once for its hour and once for its UTC day. #}
{% macro in_hours_and_days(rows, moment='event_time') %}
    select
        'hour' as grain,
        {{ start_of_hour(moment) }} as started_at,
        *
    from {{ rows }}

    union all

    select
        'day' as grain,
        {{ start_of_day('day') }} as started_at,
        *
    from {{ rows }}
{% endmacro %}

{# Nearest rank: of n values the smallest one whose place, counted from 1, is at least p % of n. No value is invented
   between two, so both engines answer the same number. `value_rank` is place_of() in the rows of one group, `values_found`
   the number of values that are not NULL. #}
{% macro percentile(value, p, place='value_rank', values_found='values_found') -%}
    min(case when {{ place }} * 100 >= {{ p }} * {{ values_found }} then {{ value }} end)
{%- endmacro %}

{# NULLs come last: they are no values. #}
{% macro place_of(value, keys) -%}
    row_number() over (
        partition by {{ keys | join(', ') }}
        order by case when {{ value }} is null then 1 else 0 end, {{ value }}
    )
{%- endmacro %}
{% macro values_found(value, keys) %}count({{ value }}) over (partition by {{ keys | join(', ') }}){% endmacro %}

{# A value of JSON text, as text. #}
{% macro json_text(value, path) %}{{ adapter.dispatch('json_text')(value, path) }}{% endmacro %}
{% macro duckdb__json_text(value, path) %}json_extract_string({{ value }}, '{{ path }}'){% endmacro %}
{% macro bigquery__json_text(value, path) %}json_value({{ value }}, '{{ path }}'){% endmacro %}
