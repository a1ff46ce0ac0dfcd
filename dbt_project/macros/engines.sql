{# What the two engines spell differently. Each macro has one branch per engine and nothing else. #}

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

{# The value of the latest row of a group. #}
{% macro latest(value, by) %}{{ adapter.dispatch('latest')(value, by) }}{% endmacro %}
{% macro duckdb__latest(value, by) %}arg_max({{ value }}, {{ by }}){% endmacro %}
{% macro bigquery__latest(value, by) %}array_agg({{ value }} ignore nulls order by {{ by }} desc limit 1)[safe_offset(0)]{% endmacro %}

{# The same, NULL where the latest row has none; rows without `by` do not count. #}
{% macro of_latest(value, by) %}{{ adapter.dispatch('of_latest')(value, by) }}{% endmacro %}
{% macro duckdb__of_latest(value, by) %}arg_max_null({{ value }}, {{ by }}){% endmacro %}
{% macro bigquery__of_latest(value, by) %}array_agg({{ value }} order by {{ by }} desc limit 1)[safe_offset(0)]{% endmacro %}

{# The latest, and of several at the same moment the last in order, so that both engines agree. #}
{% macro latest_of(value, by) %}{{ adapter.dispatch('latest_of')(value, by) }}{% endmacro %}
{% macro duckdb__latest_of(value, by) %}arg_max({{ value }}, {'at': {{ by }}, 'value': {{ value }}}){% endmacro %}
{% macro bigquery__latest_of(value, by) %}array_agg({{ value }} ignore nulls order by {{ by }} desc, {{ value }} desc limit 1)[safe_offset(0)]{% endmacro %}

{% macro any_true(condition) %}{{ adapter.dispatch('any_true')(condition) }}{% endmacro %}
{% macro duckdb__any_true(condition) %}coalesce(bool_or({{ condition }}), false){% endmacro %}
{% macro bigquery__any_true(condition) %}coalesce(logical_or({{ condition }}), false){% endmacro %}

{# DuckDB's sum of BIGINT is HUGEINT, and its count_if too. #}
{% macro total(amount) %}{{ adapter.dispatch('total')(amount) }}{% endmacro %}
{% macro duckdb__total(amount) %}cast(sum({{ amount }}) as bigint){% endmacro %}
{% macro bigquery__total(amount) %}sum({{ amount }}){% endmacro %}

{% macro count_where(condition) %}{{ adapter.dispatch('count_where')(condition) }}{% endmacro %}
{% macro duckdb__count_where(condition) %}count(*) filter (where {{ condition }}){% endmacro %}
{% macro bigquery__count_where(condition) %}countif({{ condition }}){% endmacro %}

{# A sum of money keeps the contract's precision. #}
{% macro total_money(amount) %}{{ adapter.dispatch('total_money')(amount) }}{% endmacro %}
{% macro duckdb__total_money(amount) %}cast(sum({{ amount }}) as decimal(38, 9)){% endmacro %}
{% macro bigquery__total_money(amount) %}sum({{ amount }}){% endmacro %}

{# NULL when there is nothing to divide by: no data is not 0 %. #}
{% macro ratio(part, whole) %}{{ adapter.dispatch('ratio')(part, whole) }}{% endmacro %}
{% macro duckdb__ratio(part, whole) %}({{ part }} / nullif({{ whole }}, 0)){% endmacro %}
{% macro bigquery__ratio(part, whole) %}safe_divide({{ part }}, {{ whole }}){% endmacro %}

{% macro whole_number(value) %}{{ adapter.dispatch('whole_number')(value) }}{% endmacro %}
{% macro duckdb__whole_number(value) %}cast({{ value }} as bigint){% endmacro %}
{% macro bigquery__whole_number(value) %}cast({{ value }} as int64){% endmacro %}

{# Text as a number, NULL when it is none. #}
{% macro number_or_null(value) %}{{ adapter.dispatch('number_or_null')(value) }}{% endmacro %}
{% macro duckdb__number_or_null(value) %}try_cast({{ value }} as double){% endmacro %}
{% macro bigquery__number_or_null(value) %}safe_cast({{ value }} as float64){% endmacro %}

{# A row for each piece of a text, and for each whole number from 0 to n - 1: used in a cross join. #}
{% macro pieces(value, separator, name) %}{{ adapter.dispatch('pieces')(value, separator, name) }}{% endmacro %}
{% macro duckdb__pieces(value, separator, name) %}unnest(string_split({{ value }}, '{{ separator }}')) as pieces({{ name }}){% endmacro %}
{% macro bigquery__pieces(value, separator, name) %}unnest(split({{ value }}, '{{ separator }}')) as {{ name }}{% endmacro %}

{% macro numbers_below(n, name) %}{{ adapter.dispatch('numbers_below')(n, name) }}{% endmacro %}
{% macro duckdb__numbers_below(n, name) %}unnest(range({{ n }})) as numbers({{ name }}){% endmacro %}
{% macro bigquery__numbers_below(n, name) %}unnest(generate_array(0, {{ n }} - 1)) as {{ name }}{% endmacro %}

{# An id made of several parts. #}
{% macro made_id(parts) %}{{ adapter.dispatch('made_id')(parts) }}{% endmacro %}
{% macro duckdb__made_id(parts) %}md5(concat_ws('|', {{ parts | join(', ') }})){% endmacro %}
{% macro bigquery__made_id(parts) %}to_hex(md5(array_to_string([{% for part in parts %}cast({{ part }} as string){{ ', ' if not loop.last }}{% endfor %}], '|'))){% endmacro %}

{# A number that stands for a text, so that millions of pairs are counted distinct five times as fast. It does not
   change with the engine's version; two of a billion texts collide with a chance of 5 %, of a million never. #}
{% macro fingerprint(parts) %}{{ adapter.dispatch('fingerprint')(parts) }}{% endmacro %}
{# md5_number_lower is the same half of the digest, read by way of a text of bits: five times as slow. #}
{% macro duckdb__fingerprint(parts) %}cast(md5_number(concat_ws('|', {{ parts | join(', ') }})) >> 65 as bigint){% endmacro %}
{# The same number as DuckDB's: bits 1 to 63 of the digest's second half, the lowest byte first. #}
{% macro bigquery__fingerprint(parts) %}
    {%- set digits = "to_hex(reverse(substr(md5(array_to_string([" ~ parts | join(', ') ~ "], '|')), 9, 8)))" -%}
    (cast('0x' || substr({{ digits }}, 1, 15) as int64) * 8 + (cast('0x' || substr({{ digits }}, 16, 1) as int64) >> 1))
{%- endmacro %}

{# A text from a setting as a literal. #}
{% macro quoted(value) %}{{ dbt.string_literal(dbt.escape_single_quotes(value)) }}{% endmacro %}

{# SHA-1 of a text as lower-case hexadecimal digits. #}
{% macro sha1(value) %}{{ adapter.dispatch('sha1')(value) }}{% endmacro %}
{% macro duckdb__sha1(value) %}sha1({{ value }}){% endmacro %}
{% macro bigquery__sha1(value) %}to_hex(sha1({{ value }})){% endmacro %}

{# The text before a separator; all of it where there is none. #}
{% macro text_before(value, separator) %}{{ adapter.dispatch('text_before')(value, separator) }}{% endmacro %}
{% macro duckdb__text_before(value, separator) %}split_part({{ value }}, '{{ separator }}', 1){% endmacro %}
{% macro bigquery__text_before(value, separator) %}split({{ value }}, '{{ separator }}')[safe_offset(0)]{% endmacro %}

{# A running sum; DuckDB's sum of BIGINT is HUGEINT. #}
{% macro total_over(amount, partition, order) %}{{ adapter.dispatch('total_over')(amount, partition, order) }}{% endmacro %}
{% macro duckdb__total_over(amount, partition, order) %}cast(sum({{ amount }}) over (partition by {{ partition }} order by {{ order }}) as bigint){% endmacro %}
{% macro bigquery__total_over(amount, partition, order) %}sum({{ amount }}) over (partition by {{ partition }} order by {{ order }}){% endmacro %}

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
