"""A course team's page: who stands where, where people stop, what is hard, what they wrote, who comes back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice, day, tab, words
from analytics_platform.serving.pages.asking import cohorts, days, frame, metric, named
from analytics_platform.serving.pages.showing import number, show, stale_banner
from analytics_platform.serving.pages.words import say

MOST_ANSWERS, MOST_ROWS = 500, 5_000


def page() -> None:
    st.title(say("learning.title"), anchor=False)
    there = days()
    if there is None:
        st.info(say("common.nothing_published"))
        return
    first, last = there
    left, middle, right = st.columns(3)
    with left:
        cohort = choice(say("common.cohort"), "cohort", cohorts(), say("common.all_cohorts"))
    with middle:
        lesson = _lesson()
    with right:
        chosen = day(say("common.day"), "day", last, first, last)
    opened = tab("learning", ("progress", "cards", "answers", "people"))
    with opened.place:
        if opened.name == "progress":
            _progress(cohort, lesson, chosen)
        elif opened.name == "cards":
            _cards(lesson)
        elif opened.name == "answers":
            _answers(cohort, lesson)
        else:
            _coming_back(cohort)


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


def _progress(cohort: str | None, lesson: str | None, chosen: date) -> None:
    reply = named("progress", {"cohort": cohort, "lesson": lesson, "start": chosen, "end": chosen})
    stale_banner(reply)
    parts = {
        "completed": (say("learning.completed"), charts.GOOD),
        "partial": (say("learning.partial"), charts.WARN),
        "not_started": (say("learning.not_started"), charts.QUIET),
    }

    def draw(rows: pd.DataFrame) -> Figure:
        label = "cohort" if lesson else "lesson_name"
        if not lesson:
            if rows["lesson_number"].notna().any():  # a map names the course; the table has the other lessons, too
                rows = rows[rows["lesson_number"].notna()]
            title = rows["lesson_name"].fillna(rows["lesson_id"])
            number = rows["lesson_number"].map(lambda one: "" if pd.isna(one) else f"{one}. ")
            rows = rows.assign(lesson_name=number + title)
            if not cohort:
                order = rows.groupby("lesson_name", sort=False)[["completed", "partial", "not_started"]].sum()
                rows = order.reset_index()
        return charts.stacked(rows, label, parts, across=True)

    rostered = bool(cohorts())
    empty = say("learning.not_begun") if rostered else say("learning.no_roster")
    show(say("learning.standing"), reply, draw, empty=empty, key="standing")
    if rostered:
        _people(cohort, lesson)
    on_time = metric(
        "completions_on_time", "completions_with_a_due_date", "on_time_rate", group_by=("position", "lesson_name")
    )
    if not frame(on_time).empty:
        show(
            say("learning.on_time"),
            on_time,
            lambda table: charts.bars(table.dropna(subset=["on_time_rate"]), "lesson_name", "on_time_rate", True, True),
            key="on_time",
        )


def _people(cohort: str | None, lesson: str | None) -> None:
    """By name, as the role allows: a viewer gets no rows of people and is told so."""
    states = ("completed", "partial", "not started")
    shown = {
        "completed": say("learning.completed"),
        "partial": say("learning.partial"),
        "not started": say("learning.not_started"),
    }
    state = choice(say("learning.status"), "status", states, say("learning.all_status"), lambda key: shown[key])
    reply = named("standing", {"cohort": cohort, "lesson": lesson, "status": state}, limit=MOST_ROWS)
    rows = show(say("learning.who"), reply, key="who")
    if len(rows) == MOST_ROWS:
        st.caption(number(MOST_ROWS) + " …")
    st.caption(say("learning.who_help"))


def _cards(lesson: str | None) -> None:
    reply = named("dropoff", {"lesson": lesson})

    def draw(rows: pd.DataFrame) -> Figure:
        named_rows = rows.assign(
            card=rows["place"].astype(str) + ". " + rows["question"].fillna(rows["card_type"]).str.slice(0, 60)
        )
        if rows["lesson_id"].nunique() > 1:
            named_rows["card"] = named_rows["lesson_number"].astype(str) + " · " + named_rows["card"]
        lost = named_rows.sort_values("people_lost", ascending=False).head(25) if len(rows) > 40 else named_rows
        text = lost["drop_off"].map(lambda share: "" if pd.isna(share) else f"−{share:.0%}")
        return charts.bars(lost.assign(text=text), "card", "people_reached", across=True, text="text")

    show(say("learning.dropoff"), reply, draw, key="dropoff")
    show(say("learning.questions"), named("questions", {"lesson": lesson}), key="questions")


def _answers(cohort: str | None, lesson: str | None) -> None:
    searched = words(say("learning.search"), "contains", say("learning.search_hint"))
    flagged = True if st.query_params.get("flagged") == "1" else None
    if flagged:
        st.warning(say("learning.flagged_only"), icon=":material/flag:")
        show(say("today.flagged"), named("safety", {"cohort": cohort}, limit=MOST_ANSWERS), key="safety")
    reply = named(
        "responses", {"cohort": cohort, "lesson": lesson, "contains": searched, "flagged": flagged}, limit=MOST_ANSWERS
    )
    rows = show(say("learning.answers"), reply, key="answers")
    if len(rows) == MOST_ANSWERS:
        st.caption(number(MOST_ANSWERS) + " …")
    themes = named("themes", {"cohort": cohort, "lesson": lesson})
    show(
        say("learning.themes"),
        themes,
        lambda table: charts.bars(table.head(20), "theme", "answers", across=True),
        key="themes",
    )


def _coming_back(cohort: str | None) -> None:
    kind = "roster" if cohort else "first week"
    reply = named("retention", {"kind": kind, "cohort": cohort})
    show(
        say("learning.retention"),
        reply,
        lambda rows: charts.heat(rows, "week_number", "cohort", "classic_rate"),
        key="retention",
    )
    parts = {
        "new_people": ("new", charts.PALETTE[0]),
        "returning_people": ("returning", charts.PALETTE[2]),
        "resurrecting_people": ("resurrecting", charts.PALETTE[4]),
        "dormant_people": ("dormant", charts.PALETTE[7]),
    }
    show(
        say("learning.lifecycle"),
        named("lifecycle", {"period": "week"}),
        lambda rows: charts.stacked(rows, "period_start", parts),
        key="lifecycle",
    )
