{# Days, hours, weeks and moments on both engines. #}

{# The business day of a moment, in the organisation's own zone with its daylight saving. #}
{% macro local_day(moment) %}{{ adapter.dispatch('local_day')(moment, var('platform_timezone')) }}{% endmacro %}
{% macro duckdb__local_day(moment, zone) %}
    {%- if zone == 'UTC' -%}cast({{ moment }} as date)
    {%- else -%}cast(timezone('{{ zone }}', {{ moment }}) as date){%- endif -%}
{% endmacro %}
{% macro bigquery__local_day(moment, zone) %}date({{ moment }}, '{{ zone }}'){% endmacro %}

{# The hour of the business day, 0 to 23. #}
{% macro local_hour(moment) %}{{ adapter.dispatch('local_hour')(moment, var('platform_timezone')) }}{% endmacro %}
{% macro duckdb__local_hour(moment, zone) %}hour(timezone('{{ zone }}', {{ moment }})){% endmacro %}
{% macro bigquery__local_hour(moment, zone) %}extract(hour from {{ moment }} at time zone '{{ zone }}'){% endmacro %}

{% macro utc_day(moment) %}{{ adapter.dispatch('utc_day')(moment) }}{% endmacro %}
{% macro duckdb__utc_day(moment) %}cast({{ moment }} as date){% endmacro %}
{% macro bigquery__utc_day(moment) %}date({{ moment }}, 'UTC'){% endmacro %}

{# Seconds from one moment to a later one, to the microsecond. #}
{% macro seconds_between(earlier, later) %}{{ adapter.dispatch('seconds_between')(earlier, later) }}{% endmacro %}
{% macro duckdb__seconds_between(earlier, later) %}((epoch_us({{ later }}) - epoch_us({{ earlier }})) / 1e6){% endmacro %}
{% macro bigquery__seconds_between(earlier, later) %}(timestamp_diff({{ later }}, {{ earlier }}, microsecond) / 1e6){% endmacro %}

{% macro microseconds(moment) %}{{ adapter.dispatch('microseconds')(moment) }}{% endmacro %}
{% macro duckdb__microseconds(moment) %}epoch_us({{ moment }}){% endmacro %}
{% macro bigquery__microseconds(moment) %}unix_micros({{ moment }}){% endmacro %}

{% macro days_between(earlier, later) %}{{ adapter.dispatch('days_between')(earlier, later) }}{% endmacro %}
{% macro duckdb__days_between(earlier, later) %}date_diff('day', {{ earlier }}, {{ later }}){% endmacro %}
{% macro bigquery__days_between(earlier, later) %}date_diff({{ later }}, {{ earlier }}, day){% endmacro %}

{% macro day_after(day, days) %}{{ adapter.dispatch('day_after')(day, days) }}{% endmacro %}
{% macro duckdb__day_after(day, days) %}cast({{ day }} + cast({{ days }} as integer) as date){% endmacro %}
{% macro bigquery__day_after(day, days) %}date_add({{ day }}, interval ({{ days }}) day){% endmacro %}

{# Whole weeks since Monday 1970-01-05: weeks begin on Monday and never collide over the turn of a year. #}
{% macro week_number(day) %}{{ adapter.dispatch('week_number')(day) }}{% endmacro %}
{% macro duckdb__week_number(day) %}cast(floor(date_diff('day', date '1970-01-05', {{ day }}) / 7) as bigint){% endmacro %}
{% macro bigquery__week_number(day) %}cast(floor(date_diff({{ day }}, date '1970-01-05', day) / 7) as int64){% endmacro %}
