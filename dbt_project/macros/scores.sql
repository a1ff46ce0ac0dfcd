{# Scores from 0 to 100: a weighted mean of parts that lie between 0 and 1. #}

{# A weight or a target: the operator's (settings KPI_WEIGHTS, KPI_TARGETS), else the project's. #}
{% macro kpi(kind, name) %}
    {% set own = var(kind ~ '_set', {}) %}
    {% set strange = own | reject('in', var(kind)) | list %}
    {% if strange %}
        {{ exceptions.raise_compiler_error(kind | upper ~ " names " ~ strange | join(', ') ~ ", which is no part of a score. It knows " ~ var(kind) | join(', ') ~ ".") }}
    {% endif %}
    {{ return(own.get(name, var(kind)[name])) }}
{% endmacro %}

{# NULL stays NULL, which greatest() and least() of DuckDB would pass over. #}
{% macro between_0_and_1(value) -%}
    case when {{ value }} < 0 then 0.0 when {{ value }} > 1 then 1.0 else {{ value }} end
{%- endmacro %}

{# 1 at `good` and better, 0 at `bad` and worse. #}
{% macro from_good_to_bad(value, good, bad) -%}
    {{ between_0_and_1("(" ~ bad ~ " - " ~ value ~ ") / (" ~ bad ~ " - " ~ good ~ ")") }}
{%- endmacro %}

{# A part without data is left out and the others weigh more; without any there is no score. #}
{% macro score(parts) -%}
    cast(100 * {{ ratio(weighted_parts(parts), weights_known(parts)) }} as {{ engine_type('number') }})
{%- endmacro %}

{% macro weighted_parts(parts) -%}
    ({%- for part in parts -%}coalesce({{ part }}, 0.0) * {{ kpi('kpi_weights', part) }}{{ ' + ' if not loop.last }}{%- endfor -%})
{%- endmacro %}

{% macro weights_known(parts) -%}
    ({%- for part in parts -%}case when {{ part }} is null then 0 else {{ kpi('kpi_weights', part) }} end{{ ' + ' if not loop.last }}{%- endfor -%})
{%- endmacro %}
