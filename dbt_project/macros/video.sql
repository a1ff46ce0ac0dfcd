{# What the video models share. #}

{# A position as far as a video can have it: from 0, up to a day; NULL when it is none. #}
{% macro place_in_video(position) %}
    case when {{ position }} < 0 then 0 when {{ position }} <= 86400 then {{ position }} end
{%- endmacro %}

{# The lower bound of Wilson's interval (95 %) for part of whole; NULL without a whole.
   https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval #}
{% macro wilson_lower_bound(part, whole) %}
    {%- set z, share = '1.959963984540054', ratio(part, whole) -%}
    case
        when {{ part }} = 0 and {{ whole }} > 0 then 0
        else ({{ share }} + {{ z }} * {{ z }} / 2 / nullif({{ whole }}, 0) - {{ z }} * sqrt(
            {{ share }} * (1 - {{ share }}) / nullif({{ whole }}, 0)
            + {{ z }} * {{ z }} / 4 / nullif({{ whole }}, 0) / nullif({{ whole }}, 0)
        )) / (1 + {{ z }} * {{ z }} / nullif({{ whole }}, 0))
    end
{%- endmacro %}

{# How likely so many of all exits fall on one second, if each falls there with the chance ``share``: at most this, by
   Chernoff's bound of the binomial distribution, https://en.wikipedia.org/wiki/Chernoff_bound. #}
{% macro chance_of_exits(exits, all_exits, share) %}
    {%- set part = ratio(exits, all_exits) -%}
    case
        when {{ part }} <= {{ share }} then 1
        when {{ exits }} = {{ all_exits }} then exp({{ all_exits }} * ln(nullif({{ share }}, 0)))
        else exp(-1 * {{ all_exits }} * (
            {{ part }} * ln(nullif({{ part }}, 0) / nullif({{ share }}, 0))
            + (1 - {{ part }}) * ln(nullif(1 - {{ part }}, 0) / nullif(1 - {{ share }}, 0))
        ))
    end
{%- endmacro %}

{# Whether a way through the video and the time on the clock are the same within 10 %. #}
{% macro agree(advance, clock) %}
    ({{ advance }} > 0 and abs({{ advance }} - ({{ clock }})) <= 0.1 * ({{ clock }}))
{%- endmacro %}

{# A seek of more than a second, or one of which nobody knows where it left; one that names no place changes nothing. #}
{% macro is_real_seek() -%}
    (signal = 'seek' and resumes_at_seconds is not null and coalesce(abs(resumes_at_seconds - position_seconds), 2) > 1)
{%- endmacro %}

{# Completed: 95 % of the video seen; NULL while nobody knows how long it is. #}
{% macro is_completed_view(prefix='') -%}
    {{ prefix }}unique_watched_seconds >= 0.95 * nullif({{ prefix }}duration_seconds, 0)
{%- endmacro %}

{# Valid: 30 seconds played, or half of a short video. #}
{% macro is_valid_view(prefix='') -%}
    {{ prefix }}play_time_seconds >= least(30, coalesce(nullif({{ prefix }}duration_seconds, 0), 60) / 2)
{%- endmacro %}

{# The beginning of a moment's minute, both in microseconds since 1970. #}
{% macro minute_start(moment) %}(({{ moment }}) - mod({{ moment }}, 60000000)){% endmacro %}

{# Full hours since 1970. #}
{% macro hour_number(moment) %}
    {{- whole_number('floor(' ~ microseconds(moment) ~ ' / 3600000000)') -}}
{% endmacro %}

{# What the rows of a table change at a second of the video; a row without such a second changes nothing. #}
{% macro second_change(table, place, watched='0', uniquely='0', skipped='0', exits='0', ends='0') -%}
    select
        day,
        video_id,
        {{ place }} as place,
        {{ watched }} as watched,
        {{ uniquely }} as uniquely,
        {{ skipped }} as skipped,
        {{ exits }} as exits,
        {{ ends }} as ends
    from {{ table }}
{%- endmacro %}

{# How often a condition has held up to a row, this one included: a number for what begins where it holds. #}
{% macro number_from(condition, partition, order) -%}
    {{ whole_number(
        'sum(case when ' ~ condition ~ ' then 1 else 0 end) over (partition by ' ~ partition ~ ' order by ' ~ order
        ~ ' rows between unbounded preceding and current row)'
    ) }}
{%- endmacro %}

{# The value of the earliest row of a group. #}
{% macro earliest(value, by) %}{{ adapter.dispatch('earliest')(value, by) }}{% endmacro %}
{% macro duckdb__earliest(value, by) %}arg_min({{ value }}, {{ by }}){% endmacro %}
{% macro bigquery__earliest(value, by) %}array_agg({{ value }} ignore nulls order by {{ by }} limit 1)[safe_offset(0)]{% endmacro %}

{# A moment from microseconds since 1970. #}
{% macro moment_of(value) %}{{ adapter.dispatch('moment_of')(value) }}{% endmacro %}
{% macro duckdb__moment_of(value) %}make_timestamptz({{ value }}){% endmacro %}
{% macro bigquery__moment_of(value) %}timestamp_micros({{ value }}){% endmacro %}

{# Players send lists that name no stretch: before they have played, or with pieces that end where they begin. Such a
   list says nothing of what was watched. #}
{% macro has_a_stretch(segments) %}{{ adapter.dispatch('has_a_stretch')(segments) }}{% endmacro %}
{% macro duckdb__has_a_stretch(segments) -%}
    list_bool_or([{{ is_a_stretch('piece') }} for piece in string_split({{ segments }}, '[,]')])
{%- endmacro %}
{% macro bigquery__has_a_stretch(segments) -%}
    exists (select 1 from unnest(split({{ segments }}, '[,]')) as piece where {{ is_a_stretch('piece') }})
{%- endmacro %}

{% macro is_a_stretch(piece) -%}
    {{ place_in_video(number_or_null(dbt.split_part(piece, "'[.]'", 2))) }}
    > {{ place_in_video(number_or_null(dbt.split_part(piece, "'[.]'", 1))) }}
{%- endmacro %}

{# Where the first piece of a list of played segments ended. #}
{% macro first_piece_end(segments) %}
    {{- number_or_null(dbt.split_part(dbt.split_part(segments, "'[,]'", 1), "'[.]'", 2)) -}}
{% endmacro %}
