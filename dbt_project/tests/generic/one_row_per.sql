{# The grain: the columns are never NULL, but for those that may be, and never repeat. A fact is looked at only in the days being built. #}
{% test one_row_per(model, columns, by_day=false, nullable=[]) %}

select
    {{ columns | join(', ') }},
    count(*) as rows_found
from {{ model }}
{% if by_day %}where {{ in_days('day') }}{% endif %}
group by {{ columns | join(', ') }}
having count(*) > 1{% for column in columns if column not in nullable %} or {{ column }} is null{% endfor %}

{% endtest %}
