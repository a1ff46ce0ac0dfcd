{# Few labels are of exported answers, and going through a year of labels takes seconds. #}
{{ built_by_day() }}

with

exports as (

    select response_id from {{ source('responses', 'exports') }}
    where {{ in_days('day') }}

),

int_export_labels as (

    select
        day,
        answer_id,
        language,
        sentiment,
        theme,
        positives
    from {{ source('labels', 'answers') }}
    where {{ in_days('day') }}
        and answer_id in (select response_id from exports)

)

select * from int_export_labels
