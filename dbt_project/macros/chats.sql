{# What labels of chats mean as numbers. #}
{% macro sentiment_value(sentiment) -%}
    case {{ sentiment }} when 'positive' then 1 when 'negative' then -1 when 'neutral' then 0 when 'mixed' then 0 end
{%- endmacro %}

{% macro length_band(exchanges) -%}
    case
        when {{ exchanges }} >= 21 then '21+' when {{ exchanges }} >= 11 then '11-20' when {{ exchanges }} >= 6 then '6-10'
        when {{ exchanges }} >= 3 then '3-5' when {{ exchanges }} >= 1 then '1-2'
    end
{%- endmacro %}
