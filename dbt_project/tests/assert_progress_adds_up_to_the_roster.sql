select
    cohort,
    local_day,
    lesson_id,
    roster_size,
    completed,
    partial,
    not_started
from {{ ref('cohort_daily_progress') }}
where completed + partial + not_started <> roster_size
    or completed < 0
    or partial < 0
    or not_started < 0
