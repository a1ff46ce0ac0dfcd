{# Ids, numbers that stand for texts, and digests: the same on both engines. #}

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

{# SHA-1 of a text as lower-case hexadecimal digits. #}
{% macro sha1(value) %}{{ adapter.dispatch('sha1')(value) }}{% endmacro %}
{% macro duckdb__sha1(value) %}sha1({{ value }}){% endmacro %}
{% macro bigquery__sha1(value) %}to_hex(sha1({{ value }})){% endmacro %}
