{{ built_by_day(after=var('repeat_days') + 1) }}

{% set sources = {
    'statements': ref('int_statements'),
    'conversations': ref('stg_nocodb__conversations'),
    'messages': ref('stg_nocodb__messages'),
    'video_events': ref('stg_video__events'),
    'telemetry_events': ref('stg_telemetry__events'),
} %}

with

{% for source, relation in sources.items() %}
{% set happened_at = 'created_at' if source in ('conversations', 'messages') else 'event_time' %}
{{ source }} as (

    select
        day,
        actor_key,
        {{ local_day(happened_at) }} as local_day,
        '{{ source }}' as source,
        count(*) as event_count,
        min({{ happened_at }}) as first_at,
        max({{ happened_at }}) as last_at
    from {{ relation }}
    where {{ in_days('day', before=1) }}
        and actor_key is not null
    group by day, actor_key, local_day

),

{% endfor %}
events as (

    {% for source in sources %}
    select * from {{ source }}
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}

),

user_days as (

    select
        day,
        local_day,
        actor_key,
        {% for source in sources %}
        {{ total("case when source = '" ~ source ~ "' then event_count else 0 end") }} as {{ source }},
        {% endfor %}
        min(first_at) as first_at,
        max(last_at) as last_at
    from events
    group by day, local_day, actor_key

),

-- A local day lies in two UTC days. The later row says that it is already counted, so that active days are a plain sum.
int_user_days as (

    select
        day,
        local_day,
        actor_key,
        {{ fingerprint(['actor_key']) }} as identifier_key,
        lag(day) over (partition by actor_key, local_day order by day) is null as is_first_of_local_day,
        {% for source in sources %}
        {{ source }},
        {% endfor %}
        first_at,
        last_at
    from user_days

)

select * from int_user_days
where {{ in_days('day') }}
