"""The totals of one period, asked in the same way for the period before: SQL and nothing else.

A mart that a snapshot does not hold gives NULL. Days are local days.
"""

from collections.abc import Sequence
from datetime import date

from analytics_platform.reports.documents.marts import Marts, Row
from analytics_platform.reports.documents.periods import Period

_QUERIES: dict[tuple[str, ...], str] = {
    ("user_activities",): """
        select count(distinct person_id) as active, count(*) as activities,
            min(local_day) as first_day, count(distinct local_day) as days_with_activity
        from user_activities where local_day between $1 and $2""",
    ("lesson_progress",): """
        select count(*) as starts,
            sum(case when completed_local_day <= $2 then 1 else 0 end) as completed_starts,
            count(distinct person_id) as starters
        from lesson_progress where started_local_day between $1 and $2""",
    ("lesson_progress", "lessons"): """
        select count(*) as completions from lesson_progress where completed_local_day between $1 and $2""",
    ("user_responses",): """
        select count(*) as answers, count(distinct person_id) as answerers,
            sum(case when sentiment = 'positive' then 1 else 0 end) as positive_answers,
            sum(case when sentiment in ('positive', 'negative', 'mixed', 'neutral') then 1 else 0 end) as felt_answers
        from user_responses where local_day between $1 and $2""",
    ("safety_flags",): """
        select count(distinct case when tier in ('critical', 'high') then answer_id end) as grave_flags
        from safety_flags where local_day between $1 and $2""",
    ("conversations",): """
        select count(*) as conversations, count(distinct person_id) as chatters,
            sum(case when is_handed_over then 1 else 0 end) as handed
        from conversations where first_local_day between $1 and $2""",
    ("exchanges",): """
        select sum(case when is_regenerated then 0 else 1 end) as exchanges, count(*) as messages,
            sum(case when has_error and not is_regenerated then 1 else 0 end) as exchange_errors,
            avg(latency_seconds) as latency, count(latency_seconds) as timed_messages,
            sum(query_tokens) as query_tokens, sum(answer_tokens) as answer_tokens
        from exchanges where local_day between $1 and $2""",
    ("video_views",): """
        select count(*) as views, sum(play_time_seconds) / 3600.0 as play_hours, count(distinct video_id) as videos
        from video_views where local_day between $1 and $2""",
    ("sessions",): """
        select count(*) as sessions, avg(duration_seconds) as session_seconds
        from sessions where local_day between $1 and $2""",
}
# Sums over no rows are NULL in SQL, and here they are counts: none.
_COUNTS = ("completed_starts", "positive_answers", "felt_answers", "handed", "exchanges", "exchange_errors")


def totals(marts: Marts, period: Period) -> Row:
    """Everything that is counted over a period."""
    found: Row = {}
    for needs, sql in _QUERIES.items():
        if marts.has(*needs):
            found |= marts.row(sql, period.first, period.last)
    return {name: 0 if value is None and name in _COUNTS else value for name, value in found.items()}


def before(marts: Marts, period: Period) -> Row:
    """The totals of the period before; empty where the data begins only in the middle of it or after."""
    earlier = period.before
    begins = data_begins(marts)
    return totals(marts, earlier) if begins is not None and begins <= earlier.first else {}


def data_begins(marts: Marts) -> date | None:
    """The first local day with any activity."""
    if not marts.has("user_activities"):
        return None
    found: date | None = marts.row("select min(local_day) as day from user_activities")["day"]
    return found


def every_day(marts: Marts, period: Period, rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """The rows of a table by day with a row of zeros for each quiet day between the first and last activity."""
    ends: date | None = marts.row("select max(local_day) as day from user_activities")["day"]
    begins = data_begins(marts)
    known = {row["day"]: row for row in rows}
    days = [day for day in period.days if begins and ends and begins <= day <= ends]
    return [known.get(day) or {"day": day, **dict.fromkeys(names, 0)} for day in sorted({*days, *known})]
