{# Telemetry's days that outlive its events (source kept, written by upkeep): their rows come from there, and what is
   left of their events counts no more. A day is kept once kept.telemetry_days has it, which is written last. #}
{% macro not_kept(day, table='telemetry_days') -%}
    {{ day }} not in (select day from {{ source('kept', table) }} where {{ in_any_day('day') }})
{%- endmacro %}

{% macro is_kept(day) -%}
    {{ day }} in (select day from {{ source('kept', 'telemetry_days') }} where {{ in_any_day('day') }})
{%- endmacro %}

{# Their rows, as day rows of a model with two grains; columns in the order of the contract. #}
{% macro kept_days(table) %}
    select
        'day' as grain,
        {{ start_of_day('day') }} as started_at
        {%- for column in kept_columns(table) %},
        {{ column }}
        {%- endfor %}
    from {{ source('kept', table) }}
    where {{ in_days('day') }}
        and {{ is_kept('day') }}
{% endmacro %}

{% macro kept_columns(table) %}
    {% if not execute %}{{ return(['day']) }}{% endif %}
    {{ return(graph.sources['source.' ~ project_name ~ '.kept.' ~ table].columns.keys() | list) }}
{% endmacro %}
