select
    lesson_id,
    people_started,
    people_answered,
    people_completed
from {{ ref('lessons') }}
where people_answered > people_started
    or people_completed > people_started
