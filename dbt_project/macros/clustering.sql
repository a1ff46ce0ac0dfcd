{# Facts are clustered by what people ask for within a day: the first of these columns that they have, four at most.
   dbt's BigQuery adapter calls this where it makes a table; a model's own cluster_by comes first. #}
{% macro cluster_by(raw_cluster_by) %}
    {%- set asked = [raw_cluster_by] if raw_cluster_by is string else (raw_cluster_by or []) -%}
    {%- if not asked and config.get('partition_by') -%}
        {%- for column in [
            'person_key', 'actor_key', 'lesson_url', 'video_id', 'conversation_id', 'question_key', 'session_key'
        ] -%}
            {%- if column in model.columns and asked | length < 4 %}{% do asked.append(column) %}{% endif -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if asked %}cluster by {{ asked | join(', ') }}{% endif -%}
{% endmacro %}
