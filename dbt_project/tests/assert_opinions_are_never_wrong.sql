-- Nor right: success = true on an opinion card means nothing.
select
    answer_id,
    card_type,
    is_correct
from {{ ref('user_responses') }}
where {{ in_days('day') }}
    and card_type in ('poll', 'rate', 'form', 'submit-media')
    and is_correct is not null
