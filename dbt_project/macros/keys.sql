{# Things that last over days (a conversation, a person's way through a lesson): a run rebuilds only the keys whose
   inputs have changed since the model was last built. Each input writes the keys that it changes into one list, in the
   transaction that changes them, and each model notes how far it has read. So days that were built by a run that died,
   or for another mart, are not forgotten. BigQuery rebuilds whole tables: there a scan is cheap and a change of single
   rows is not. #}

{# The model is kept by key. `inputs`: names of the models whose changes count. `people`: the key is a person, and the
   inputs' keys are identifiers. #}
{% macro built_by_key(key, inputs, type='varchar', people=false) %}
    {{ adapter.dispatch('built_by_key')(key, inputs, type, people) }}
{% endmacro %}

{% macro duckdb__built_by_key(key, inputs, type, people) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='changed_keys',
        unique_key=key,
        on_schema_change='fail',
        post_hook='{{ advance_watermark() }}',
        meta={'inputs': inputs, 'key_type': type, 'people': people},
    ) }}
{% endmacro %}

{% macro bigquery__built_by_key(key, inputs, type, people) %}
    {{ config(materialized='table') }}
{% endmacro %}

{# The keys to build, as a condition: on the model itself and on inputs that have its key. #}
{% macro has_changed(key) %}
    {%- set changes = unread_changes() -%}
    {{ key ~ ' in (' ~ changes ~ ')' if changes else 'true' }}
{% endmacro %}

{# The model is kept by person; its inputs are days of identifiers. #}
{% macro built_by_person(inputs) %}
    {{ built_by_key('person_key', inputs + ['int_merged_identifiers'], type='bigint', people=true) }}
{% endmacro %}

{# Days of identifiers as days of people, of the people to build. #}
{% macro days_of_people(model_name) %}
    {%- set changes = unread_changes() -%}
    select
        days.*,
        coalesce(merged.person_key, days.identifier_key) as person_key
    from {{ ref(model_name) }} as days
    left join {{ ref('int_merged_identifiers') }} as merged
        on days.identifier_key = merged.identifier_key
    {%- if changes %}
    where days.identifier_key in (
        {{ changes }}
        union
        select identifier_key from {{ ref('int_merged_identifiers') }} where person_key in ({{ changes }})
    )
    {%- endif %}
{% endmacro %}

{# A query of the changed keys; none when all of them are to be built. #}
{% macro unread_changes() %}
    {%- if target.type != 'duckdb' or not execute or not is_incremental() -%}{{ return(none) }}{%- endif -%}
    {%- set meta = model.config.meta -%}
    {%- set models = "model in ('" ~ meta.inputs | join("', '") ~ "')" -%}
    {%- set position = run_query("select max(change) from " ~ key_positions() ~ " where model = '" ~ model.name ~ "'")[0][0] -%}
    {%- if position is none -%}{{ return(none) }}{%- endif -%}
    {%- set unread = models ~ " and change > " ~ position -%}
    {%- if run_query("select count(*) from " ~ key_changes() ~ " where key is null and " ~ unread)[0][0] -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set keys = "select cast(key as " ~ meta.key_type ~ ") from " ~ key_changes() ~ " where " ~ unread -%}
    {%- if meta.people -%}
        {%- set merged = ref('int_merged_identifiers') -%}
        {%- set keys = keys ~ " union select person_key from " ~ merged ~ " where identifier_key in (" ~ keys ~ ")" -%}
    {%- endif -%}
    {{ return(keys) }}
{% endmacro %}

{% macro get_incremental_changed_keys_sql(arguments) %}
    {% set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') %}
    delete from {{ arguments['target_relation'] }} where {{ has_changed(arguments['unique_key']) }};
    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }};
{% endmacro %}

{% macro advance_watermark() %}
    insert into {{ key_positions() }}
    select '{{ model.name }}', coalesce(max(change), 0) from {{ key_changes() }};
{% endmacro %}

{# A small table that is made whole, and tells which keys its changed rows touch: `old_keys` and `new_keys` are expressions
   over the rows that are no more and over those that are new. #}
{% macro built_by_comparison(old_keys, new_keys=[]) %}
    {{ adapter.dispatch('built_by_comparison')(old_keys, new_keys) }}
{% endmacro %}

{% macro duckdb__built_by_comparison(old_keys, new_keys) %}
    {{ config(
        materialized='incremental',
        incremental_strategy='whole_with_changes',
        on_schema_change='fail',
        pre_hook='{{ record_new_table() }}',
        meta={'old_keys': old_keys, 'new_keys': new_keys},
    ) }}
{% endmacro %}

{% macro bigquery__built_by_comparison(old_keys, new_keys) %}
    {{ config(materialized='table') }}
{% endmacro %}

{% macro get_incremental_whole_with_changes_sql(arguments) %}
    {% set columns = arguments['dest_columns'] | map(attribute='quoted') | join(', ') %}
    {% set meta = model.config.meta %}
    {{ record_key_changes(arguments, columns, 'true', meta.old_keys, meta.new_keys) }}
    delete from {{ arguments['target_relation'] }};
    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }};
{% endmacro %}
