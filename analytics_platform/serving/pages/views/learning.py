"""A course team's page: who stands where, where people stop, what is hard, what they wrote, who comes back.

Each tab has the filters that its numbers follow, and no other. Its drawings are in ``learning_charts``.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice, day, one_of, switch, tab, words
from analytics_platform.serving.pages.asking import Filter, cohorts, days, frame, metric, named
from analytics_platform.serving.pages.showing import number, show, stale_banner
from analytics_platform.serving.pages.views import learning_charts
from analytics_platform.serving.pages.words import say

MOST_ANSWERS, MOST_ROWS = 500, 1_000
STATES = {"not started": "not_started", "partial": "partial", "completed": "completed"}
WHO = ("full_name", "cohort", "lesson_number", "lesson_name", "status", "started_at", "completed_at", "is_on_time")
QUESTION = (
    "lesson_number", "question", "card_type", "people_answered", "people_attempted", "first_try_correct",
    "attempts_to_right", "discrimination",
)  # fmt: skip
ANSWER = (
    "response", "rating", "question", "full_name", "cohort", "lesson_number", "responded_at", "theme", "sentiment"
)  # fmt: skip
FLAG = ("fired_at", "tier", "words", "full_name", "cohort", "source", "rule")


def page() -> None:
    st.title(say("learning.title"), anchor=False)
    there = days()
    if there is None:
        st.info(say("common.nothing_published"))
        return
    opened = tab("learning", ("progress", "cards", "answers", "people"))
    with opened.place:
        {"progress": _progress, "cards": _cards, "answers": _answers, "people": _coming_back}[opened.name](there)


def _cohort() -> str | None:
    return choice(say("common.cohort"), "cohort", cohorts(), say("common.all_cohorts"))


def _lesson() -> str | None:
    rows = frame(named("lessons"))
    if rows.empty:
        return None
    titles = {str(row["lesson_id"]): _title(row) for row in rows.to_dict("records")}
    return choice(
        say("common.lesson"), "lesson", list(titles), say("common.all_lessons"), lambda key: str(titles.get(key, key))
    )


def _title(row: Mapping[Any, Any]) -> str:
    name = row["lesson_name"] or row["lesson_id"]
    return f"{row['lesson_number']}. {name}" if row["lesson_number"] else str(name)


def _cohort_and_lesson() -> tuple[str | None, str | None]:
    left, right = st.columns(2)
    with left:
        cohort = _cohort()
    with right:
        return cohort, _lesson()


def _progress(there: tuple[date, date]) -> None:
    first, last = there
    left, middle, right = st.columns(3)
    with left:
        cohort = _cohort()
    with middle:
        lesson = _lesson()
    with right:
        chosen = day(say("common.day"), "day", last, first, last)
    reply = named("progress", {"cohort": cohort, "lesson": lesson, "start": chosen, "end": chosen})
    stale_banner(reply)
    rostered = bool(cohorts())
    empty = say("learning.not_begun") if rostered else say("learning.no_roster")
    show(
        say("learning.standing"),
        reply,
        lambda rows: learning_charts.standing(rows, cohort, lesson),
        empty=empty,
        key="standing",
    )
    if rostered:
        _people(cohort, lesson)
    _on_time(cohort, lesson)


def _people(cohort: str | None, lesson: str | None) -> None:
    """By name, as the role allows: a viewer gets no rows of people and is told so."""
    st.subheader(say("learning.who"), anchor=False)
    asked = {"cohort": cohort, "lesson": lesson}
    # Only of one lesson: over several, a person stands at more than one place.
    counted = frame(named("standing", asked, count="person_id", by="status")) if lesson else pd.DataFrame()
    many = {} if counted.empty else dict(zip(counted["status"], counted["count"], strict=True))

    def shown(state: str) -> str:
        told = say(f"learning.{STATES[state]}")
        return f"{told} ({number(int(many.get(state, 0)))})" if many else told

    state = one_of(say("learning.status"), "status", list(STATES), say("learning.all_status"), shown)
    rows = show("", named("standing", {**asked, "status": state}, limit=MOST_ROWS), key="who", columns=WHO)
    if len(rows) == MOST_ROWS:
        st.caption(say("common.first_only", count=number(MOST_ROWS)))
    st.caption(say("learning.who_help"))


def _on_time(cohort: str | None, lesson: str | None) -> None:
    chosen = {"cohort": cohort, "lesson": lesson}
    reply = metric(
        "completions_on_time",
        "completions_with_a_due_date",
        "on_time_rate",
        group_by=("position", "lesson_number", "lesson_name"),
        where=tuple(Filter(name, "=", (value,)) for name, value in chosen.items() if value),
        order=("position",),
    )
    if not frame(reply).empty:
        show(say("learning.on_time"), reply, learning_charts.on_time, key="on_time")


def _cards(_there: tuple[date, date]) -> None:
    cohort, lesson = _cohort_and_lesson()
    reply = named("dropoff_in_cohort" if cohort else "dropoff", {"cohort": cohort, "lesson": lesson})
    rows = show(say("learning.dropoff"), reply, learning_charts.cards, key="dropoff")
    if len(rows) > learning_charts.MOST_CARDS:
        st.caption(say("learning.worst_cards", count=learning_charts.MOST_CARDS))
    show(
        say("learning.questions"),
        named("questions", {"lesson": lesson}, order=("first_try_correct", "lesson_id", "card_id")),
        key="questions",
        columns=QUESTION,
    )
    if cohort:
        st.caption(say("common.of_everybody"))


def _answers(_there: tuple[date, date]) -> None:
    cohort, lesson = _cohort_and_lesson()
    searched = words(say("learning.search"), "contains", say("learning.search_hint"))
    flagged = True if switch(say("learning.flagged"), "flagged") else None
    if flagged:
        st.warning(say("learning.flagged_only"), icon=":material/flag:")
        show(say("today.flagged"), named("safety", {"cohort": cohort}, limit=MOST_ANSWERS), key="safety", columns=FLAG)
    reply = named(
        "responses", {"cohort": cohort, "lesson": lesson, "contains": searched, "flagged": flagged}, limit=MOST_ANSWERS
    )
    rows = show(say("learning.answers"), reply, key="answers", columns=ANSWER)
    if len(rows) == MOST_ANSWERS:
        st.caption(say("common.newest_only", count=number(MOST_ANSWERS)))
    if searched or flagged:  # themes are counted over all answers of the choice
        return
    show(
        say("learning.themes"),
        named("themes", {"cohort": cohort, "lesson": lesson}),
        learning_charts.themes,
        key="themes",
    )


def _coming_back(_there: tuple[date, date]) -> None:
    cohort = _cohort()
    reply = named("retention", {"kind": "roster" if cohort else "first week", "cohort": cohort})
    show(
        say("learning.retention"),
        reply,
        lambda rows: charts.heat(rows, "week_number", "cohort", "classic_rate", say("learning.weeks_later")),
        key="retention",
    )
    st.caption(say("learning.retention_help"))
    if not cohort:
        show(say("learning.lifecycle"), named("lifecycle", {"period": "week"}), learning_charts.lifecycle, key="life")
