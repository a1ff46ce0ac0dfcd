"""What the first page asks, so that it is asked before somebody waits for it. Pure: days in, questions out.

Does not live here: what the page makes of the answers (``views/today``), who asks early (``serve``).
"""

from datetime import date, timedelta

from analytics_platform.semantics import Named, Query

WEEK = timedelta(days=7)
CHANGES = {
    "active": "active_people",
    "answers": "answers",
    "completions": "completions",
    "conversations": "conversations",
    "views": "views",
}
DAYS = Named("lifecycle", {"period": "day"})
COHORTS, LESSONS, RISK = Named("cohorts"), Named("lessons"), Named("at_risk")


def change(text: str, chosen: date) -> Query:
    """A number on a day, the day before and a week before."""
    return Query((CHANGES[text],), grain="day", start=chosen - WEEK, end=chosen)


def activity(chosen: date) -> Query:
    """Four weeks up to a day."""
    return Query(("active_people",), grain="day", start=chosen - 4 * WEEK + timedelta(days=1), end=chosen)


def flagged(chosen: date) -> Named:
    return Named("safety", {"start": chosen - WEEK + timedelta(days=1), "end": chosen})


def unusual(chosen: date) -> Named:
    return Named("incidents", {"start": chosen, "end": chosen})


def open_incidents() -> Named:
    return Named("incidents", {"status": "open"})


def questions(chosen: date) -> list[Query | Named]:
    """All that today's page asks of a day, and what the filters of the other pages ask."""
    changes = [change(text, chosen) for text in CHANGES]
    asked = [flagged(chosen), RISK, open_incidents(), unusual(chosen), LESSONS, COHORTS]
    return [*changes, activity(chosen), *asked]
