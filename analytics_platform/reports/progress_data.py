"""What the evening message knows: the answers of the marts for one cohort and local day. SQL and nothing else.

The state of a lesson is that of the end of the day, so a message of last week can be written again. Does not live
here: what is said of it (``progress``).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from analytics_platform.warehouse.protocol import OpenReader

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Facts:
    """Rows of the marts, as they are."""

    cohort: str
    day: date
    members: Rows  # person_id, full_name
    lessons: Rows  # the course: lesson_id, lesson_number, lesson_name, position, due_on of this cohort
    progress: Rows  # person_id, lesson_id, status at the end of the day, started_local_day, completed_local_day
    answers: Rows  # of the day, free texts with their labels, and everything that is flagged
    answered: Rows  # person_id, lesson_id of the day's answers
    dropoff: Rows  # per card of the course, all cohorts
    silent: Rows  # members at risk: person_id, as_of_day
    counted: int | None  # roster_size of cohort_daily_progress
    last_day: str | None  # of the snapshot


def cohorts(reader: OpenReader) -> list[str]:
    """Cohorts that a roster names now, sorted."""
    found = _rows(reader, "select distinct cohort from users where is_on_roster and cohort is not null order by cohort")
    return [row["cohort"] for row in found]


def read(reader: OpenReader, cohort: str, day: date) -> Facts:
    """Everything that is known of a cohort on a local day."""
    members = "select person_id from users where cohort = $1 and is_on_roster"
    counted = _rows(
        reader,
        "select max(roster_size) as size from cohort_daily_progress where cohort = $1 and local_day = $2",
        cohort,
        day,
    )
    return Facts(
        cohort=cohort,
        day=day,
        members=_rows(
            reader, "select person_id, full_name from users where cohort = $1 and is_on_roster order by 2, 1", cohort
        ),
        lessons=_rows(
            reader,
            """
            with due as (
                select lesson_id, max(due_on) as due_on
                from cohort_daily_progress where cohort = $1 group by lesson_id
            )
            select lesson_id, lesson_number, lesson_name, position, due_on
            from lessons left join due using (lesson_id)
            -- Without a lesson map every activity is a lesson; with one, what it does not name is none of the course.
            where position is not null or not exists (select 1 from lessons where position is not null)
            order by position, first_seen_at, lesson_id""",
            cohort,
        ),
        progress=_rows(
            reader,
            f"""
            select person_id, lesson_id, lesson_number, lesson_name, started_local_day, completed_local_day, due_on,
                position, case when completed_local_day <= $2 then 'completed' else 'partial' end as status
            from lesson_progress
            where person_id in ({members}) and started_local_day <= $2
                and (position is not null or not exists (select 1 from lessons where position is not null))""",
            cohort,
            day,
        ),
        answers=_rows(
            reader,
            f"""
            select answer_id, person_id, full_name, lesson_number, lesson_name, question, local_day,
                case when response_type = 'rating' then rating_comment else response end as words,
                sentiment, theme, positives, safety_tier, safety_rules, is_flagged
            from user_responses
            where person_id in ({members}) and local_day = $2
                and (is_flagged or response_type = 'text' or rating_comment is not null)
            order by answer_id""",
            cohort,
            day,
        ),
        answered=_rows(
            reader,
            f"""
            select distinct person_id, lesson_id from user_responses
            where person_id in ({members}) and local_day = $2 order by person_id, lesson_id""",
            cohort,
            day,
        ),
        dropoff=_rows(
            reader,
            """
            select lesson_id, lesson_number, lesson_name, place, question, people_reached, people_lost, drop_off
            from lesson_dropoff where people_lost > 0""",
        ),
        silent=_rows(
            reader, f"select person_id, as_of_day from at_risk_learners where person_id in ({members})", cohort
        ),
        counted=counted[0]["size"],
        last_day=reader.snapshot.last_day,
    )


def day_before(facts: Facts) -> date:
    return facts.day - timedelta(days=1)


def _rows(reader: OpenReader, sql: str, *parameters: object) -> Rows:
    found: Rows = reader.query(sql, parameters).to_pylist()
    return found
