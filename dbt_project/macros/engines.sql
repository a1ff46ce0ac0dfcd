{# What the two engines spell differently. Each macro has one branch per engine and nothing else. #}

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

{# The greater of two values, either of which may be missing: the engines disagree on greatest() of a missing one. #}
{% macro greater_of(a, b) %}greatest(coalesce({{ a }}, {{ b }}), coalesce({{ b }}, {{ a }})){% endmacro %}

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

{# A text from a setting as a literal. #}
{% macro quoted(value) %}{{ dbt.string_literal(dbt.escape_single_quotes(value)) }}{% endmacro %}

{# The text before a separator; all of it where there is none. #}
{% macro text_before(value, separator) %}{{ adapter.dispatch('text_before')(value, separator) }}{% endmacro %}
{% macro duckdb__text_before(value, separator) %}split_part({{ value }}, '{{ separator }}', 1){% endmacro %}
{% macro bigquery__text_before(value, separator) %}split({{ value }}, '{{ separator }}')[safe_offset(0)]{% endmacro %}

{# A running sum; DuckDB's sum of BIGINT is HUGEINT. #}
{% macro total_over(amount, partition, order) %}{{ adapter.dispatch('total_over')(amount, partition, order) }}{% endmacro %}
{% macro duckdb__total_over(amount, partition, order) %}cast(sum({{ amount }}) over (partition by {{ partition }} order by {{ order }}) as bigint){% endmacro %}
{% macro bigquery__total_over(amount, partition, order) %}sum({{ amount }}) over (partition by {{ partition }} order by {{ order }}){% endmacro %}
