{# What an answer's text says: choices, ratings, safety tiers. #}

{# Nothing is right or wrong about an opinion. #}
{% macro is_opinion(card_type, interaction_type) -%}
    (coalesce({{ card_type }} in ('poll', 'rate', 'form', 'submit-media'), false) or coalesce({{ interaction_type }} = 'likert', false))
{%- endmacro %}

{# Several choices in one answer: xAPI writes a[,]b, response exports write a | b. Where nobody chooses, both are text. #}
{% macro holds_several(response, card_type, interaction_type) -%}
    ((coalesce({{ card_type }} in ('poll', 'quiz'), false) and ({{ response }} like '%[,]%' or {{ response }} like '% | %'))
    or (coalesce({{ interaction_type }} in ('choice', 'sequencing', 'matching', 'performance'), false) and {{ response }} like '%[,]%'))
{%- endmacro %}

{# The choices as a list of texts; only a card's may be written with ' | '. #}
{% macro choices(response, card_type) -%}
    {{ adapter.dispatch('choices')(
        "case when " ~ card_type ~ " is null then " ~ response ~ " else replace(" ~ response ~ ", ' | ', '[,]') end"
    ) }}
{%- endmacro %}
{% macro duckdb__choices(response) %}string_split({{ response }}, '[,]'){% endmacro %}
{% macro bigquery__choices(response) %}split({{ response }}, '[,]'){% endmacro %}

{# A rating as a number: stars are counted, digits are read, the five usual faces are 1 to 5. Anything else is NULL. #}
{% macro rating(response) %}
    {%- set sign = text_before(response, ' — ') -%}
    case
        when {{ sign }} like '%⭐%' then cast(length({{ sign }}) - length(replace({{ sign }}, '⭐', '')) as {{ engine_type('number') }})
        when {{ sign }} like '%★%' then cast(length({{ sign }}) - length(replace({{ sign }}, '★', '')) as {{ engine_type('number') }})
        when trim({{ sign }}) in ('😡', '😠', '😢', '😭') then 1
        when trim({{ sign }}) in ('😕', '🙁', '☹️', '😟') then 2
        when trim({{ sign }}) in ('😐', '😶', '🤔') then 3
        when trim({{ sign }}) in ('🙂', '😊') then 4
        when trim({{ sign }}) in ('😀', '😃', '😄', '😁', '🤩', '😍') then 5
        else {{ number_or_null('trim(' ~ sign ~ ')') }}
    end
{%- endmacro %}

{% macro rating_comment(response) -%}
    nullif(trim(case when {{ response }} like '% — %' then substr({{ response }}, strpos({{ response }}, ' — ') + 3) end), '')
{%- endmacro %}

{% macro gravest_tier(tier) %}
    case max(case {{ tier }} when 'critical' then 3 when 'high' then 2 else 1 end)
        when 3 then 'critical' when 2 then 'high' else 'medium'
    end
{%- endmacro %}

{# A text for comparing: white space squeezed, lower case, one spelling of several choices. #}
{% macro squeezed(value) %}{{ adapter.dispatch('squeezed')("coalesce(replace(" ~ value ~ ", '[,]', ' | '), '')") }}{% endmacro %}
{% macro duckdb__squeezed(value) %}lower(trim(regexp_replace({{ value }}, '\s+', ' ', 'g'))){% endmacro %}
{% macro bigquery__squeezed(value) %}lower(trim(regexp_replace({{ value }}, r'\s+', ' '))){% endmacro %}

{# A number for question and response that is the same wherever their squeezed texts are: few answers have an exported
   one's, and squeezing is slow. 32 bits, as every answer keeps it. #}
{% macro answer_key(question, response) -%}
    ({{ fingerprint(["lower(" ~ unspaced(question) ~ ")", "lower(" ~ unspaced(response) ~ ")"]) }} & 4294967295)
{%- endmacro %}

{# White space as \s knows it; replacing is much faster than translating. #}
{% macro unspaced(value) %}{{ adapter.dispatch('unspaced')("coalesce(replace(" ~ value ~ ", '[,]', '|'), '')") }}{% endmacro %}
{% macro duckdb__unspaced(value) -%}
    {%- set ns = namespace(text=value) -%}
    {%- for space in [" ", "\\n", "\\t", "\\r", "\\f"] -%}
        {%- set ns.text = "replace(" ~ ns.text ~ ", e'" ~ space ~ "', '')" -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}
{% macro bigquery__unspaced(value) %}translate({{ value }}, ' \t\n\r\f', ''){% endmacro %}

{# A name without what people write differently: case, spaces, dots, hyphens, underscores. #}
{% macro name_key(value) %}lower(translate({{ value }}, ' ._-', '')){% endmacro %}

{# The letters and digits in a name as bits: what is slow to compare need not be where too many differ. Summed in
   groups: BigQuery's analyzer limits how deep a sum may nest. #}
{% macro letters_of(value) -%}
    {%- set ns = namespace(bit=1) -%}
    {%- for group in ['abcdefghi', 'jklmnopqr', 'stuvwxyz0', '123456789'] -%}
        ({%- for letter in group -%}
            case when strpos({{ value }}, '{{ letter }}') > 0 then {{ ns.bit }} else 0 end{{ ' + ' if not loop.last }}
            {%- set ns.bit = 2 * ns.bit -%}
        {%- endfor -%}){{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Each edit brings one letter at most and takes one away at most. #}
{% macro may_be_near(letters, other_letters, edits) -%}
    bit_count({{ letters }} & ~{{ other_letters }}) <= {{ edits }}
    and bit_count({{ other_letters }} & ~{{ letters }}) <= {{ edits }}
{%- endmacro %}

{% macro edit_distance(one, other) %}{{ adapter.dispatch('edit_distance')(one, other) }}{% endmacro %}
{% macro duckdb__edit_distance(one, other) %}levenshtein({{ one }}, {{ other }}){% endmacro %}
{% macro bigquery__edit_distance(one, other) %}edit_distance({{ one }}, {{ other }}){% endmacro %}

{% macro text_after(value, separator) %}substr({{ value }}, strpos({{ value }}, '{{ separator }}') + 1){% endmacro %}
