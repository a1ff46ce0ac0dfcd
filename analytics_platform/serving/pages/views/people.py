"""One learner across all four sources on one timeline, and what explains the risk of losing them."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice, words
from analytics_platform.serving.pages.asking import Failed, Filter, cohorts, frame, has, metric, named
from analytics_platform.serving.pages.showing import number, show
from analytics_platform.serving.pages.words import say

SOURCES = ("nocodb", "telemetry", "video", "xapi")
NEWEST = 2000  # activities listed; the chart counts all


def page() -> None:
    st.title(say("people.title"), anchor=False)
    left, right = st.columns(2)
    with left:
        cohort = choice(say("common.cohort"), "cohort", cohorts(), say("common.all_cohorts"))
    with right:
        searched = words(say("people.find"), "contains")
    if st.query_params.get("list") == "at_risk":
        show(say("today.at_risk"), named("at_risk", {"cohort": cohort}), key="at_risk")
    reply = named("people", {"cohort": cohort, "contains": searched}, limit=2000)
    if isinstance(reply, Failed):
        st.warning(reply.message, icon=":material/report:")
        return
    found = frame(reply)
    if found.empty:
        st.info(say("people.nobody"), icon=":material/person_search:")
        return
    names = {row.person_id: row.full_name or row.email or row.person_id for row in found.itertuples()}
    person = choice(say("people.pick"), "person", list(names), shown=lambda key: str(names.get(key, key)))
    if person:
        _one(person)


def _one(person: str) -> None:
    known = frame(named("person", {"person": person}))
    if not known.empty:
        _facts(known.to_dict("records")[0])
    if has("learner_risk"):
        _risk(person)
    counted = metric("activities", group_by=("source",), grain="day", where=(Filter("person", "=", (person,)),))
    show(say("people.days"), counted, _by_day, key="days")
    show(say("people.lessons"), named("person_progress", {"person": person}), key="lessons")
    rows = show(say("people.timeline"), named("timeline", {"person": person}, limit=NEWEST), key="timeline")
    if len(rows) == NEWEST:
        st.caption(say("common.newest_only", count=number(NEWEST)))


def _facts(row: Mapping[Any, Any]) -> None:
    seen = row.get("last_seen_at")
    last = f"{seen:%Y-%m-%d}" if isinstance(seen, pd.Timestamp) and not pd.isna(seen) else say("common.no_data_short")
    st.caption(f"{row.get('cohort') or say('people.no_cohort')} · {say('people.last_seen')} {last}")
    shown = ("active_days", "statements", "conversations", "video_events", "telemetry_events")
    for place, name in zip(st.columns(len(shown)), shown, strict=True):
        place.metric(name.replace("_", " "), number(row.get(name)))


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
