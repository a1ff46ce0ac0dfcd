{{ config(meta={'dagster': {'ref': {'name': 'user_responses'}}}) }}

-- A response that no counted statement carries would be invented.
select
    responses.statement_id,
    responses.day
from {{ ref('user_responses') }} as responses
left join {{ ref('int_statements') }} as statements
    on responses.statement_id = statements.statement_id
        and responses.day = statements.day
        and {{ in_days('statements.day') }}
where {{ in_days('responses.day') }}
    and statements.statement_id is null
