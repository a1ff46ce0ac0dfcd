select
    lesson_url,
    people_reached,
    people_answered,
    people_completed
from {{ ref('lessons') }}
where people_reached < 1
    or people_answered > people_reached
    or people_completed > people_reached
