"""One learner across all four sources on one timeline, and what explains the risk of losing them."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice, one_of, words
from analytics_platform.serving.pages.asking import Failed, Filter, cohorts, frame, has, metric, named
from analytics_platform.serving.pages.showing import explain, number, show
from analytics_platform.serving.pages.subjects import with_names
from analytics_platform.serving.pages.tables import table_of
from analytics_platform.serving.pages.words import say

SOURCES = ("nocodb", "telemetry", "video", "xapi")
NEWEST = 2000  # activities listed; the chart counts all
AT_RISK = (
    "full_name", "cohort", "days_silent", "last_seen_at", "lessons_completed", "lessons_in_course", "open_lesson_name",
    "email",
)  # fmt: skip
LESSON = ("lesson_number", "lesson_name", "status", "started_at", "completed_at", "is_on_time", "answers")
DONE = ("happened_at", "source", "activity", "subject")


def page() -> None:
    st.title(say("people.title"), anchor=False)
    at_risk = one_of(
        say("people.whose"), "list", ["at_risk"], say("people.everybody"), lambda _list: say("today.at_risk")
    )
    found = _at_risk() if at_risk else _everybody()
    if found.empty:
        return
    names = {row.person_id: row.full_name or row.email or row.person_id for row in found.itertuples()}
    person = choice(say("people.pick"), "person", list(names), shown=lambda key: str(names.get(key, key)))
    if person:
        _one(person)


def _everybody() -> pd.DataFrame:
    left, right = st.columns(2)
    with left:
        cohort = choice(say("common.cohort"), "cohort", cohorts(), say("common.all_cohorts"))
    with right:
        searched = words(say("people.find"), "contains")
    reply = named("people", {"cohort": cohort, "contains": searched}, limit=2000)
    if isinstance(reply, Failed):
        st.warning(reply.message, icon=":material/report:")
        return pd.DataFrame()
    found = frame(reply)
    if found.empty:
        st.info(say("people.nobody"), icon=":material/person_search:")
    return found


def _at_risk() -> pd.DataFrame:
    """A chosen row is the person below; choosing another one by name is stronger than the old row."""
    cohort = choice(say("common.cohort"), "cohort", cohorts(), say("common.all_cohorts"))
    reply = named("at_risk", {"cohort": cohort})
    if isinstance(reply, Failed):
        st.warning(reply.message, icon=":material/report:")
        return pd.DataFrame()
    rows = frame(reply)
    if rows.empty:
        st.success(say("people.no_risk"), icon=":material/check_circle:")
        return rows
    chosen = table_of(rows, reply.columns, "at_risk", AT_RISK, pick=True)
    st.caption(say("people.at_risk_pick"))
    if chosen != st.session_state.get("at_risk_row") and chosen and chosen[0] < len(rows):
        st.session_state["f_person"] = rows["person_id"].iloc[chosen[0]]
    st.session_state["at_risk_row"] = chosen
    explain(reply, "at_risk_behind")
    return rows


def _one(person: str) -> None:
    known = frame(named("person", {"person": person}))
    if not known.empty:
        _facts(known.to_dict("records")[0])
    if has("learner_risk"):
        _risk(person)
    counted = metric("activities", group_by=("source",), grain="day", where=(Filter("person", "=", (person,)),))
    show(say("people.days"), counted, _by_day, key="days")
    show(say("people.lessons"), named("person_progress", {"person": person}), key="lessons", columns=LESSON)
    timeline = named("timeline", {"person": person}, limit=NEWEST)
    rows = show(
        say("people.timeline"), timeline, key="timeline", columns=DONE, told=lambda table: with_names(table, person)
    )
    if len(rows) == NEWEST:
        st.caption(say("common.newest_only", count=number(NEWEST)))


def _facts(row: Mapping[Any, Any]) -> None:
    seen = row.get("last_seen_at")
    last = f"{seen:%Y-%m-%d}" if isinstance(seen, pd.Timestamp) and not pd.isna(seen) else say("common.no_data_short")
    st.caption(f"{row.get('cohort') or say('people.no_cohort')} · {say('people.last_seen')} {last}")
    shown = ("active_days", "statements", "conversations", "video_events", "telemetry_events")
    for place, name in zip(st.columns(len(shown)), shown, strict=True):
        place.metric(say(f"people.{name}"), number(row.get(name)))


def _risk(person: str) -> None:
    rows = frame(named("learner_risk"))
    rows = rows[rows["person_id"] == person] if not rows.empty else rows
    if rows.empty:
        return
    row = rows.iloc[0]
    st.metric(say("people.risk"), number(float(row["chance"]), "share"))
    reasons = json.loads(row["because"]) if isinstance(row["because"], str) else []
    if reasons:
        st.caption(f"{say('people.because')}: {'; '.join(str(reason) for reason in reasons)}")


def _by_day(rows: pd.DataFrame) -> go.Figure:
    table = rows.pivot(index=rows.columns[0], columns="source", values="activities").fillna(0).reset_index()
    parts = {
        name: (say(f"sources.{name}"), charts.colour_of(name, SOURCES)) for name in SOURCES if name in table.columns
    }
    return charts.stacked(table, str(table.columns[0]), parts)
