"""One learner across all four sources on one timeline, and what explains the risk of losing them."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice, words
from analytics_platform.serving.pages.asking import Failed, cohorts, frame, has, named
from analytics_platform.serving.pages.showing import number, show
from analytics_platform.serving.pages.words import say


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
    timeline = named("timeline", {"person": person}, limit=2000)
    show(say("people.days"), timeline, _by_day, key="days")
    show(say("people.lessons"), named("person_progress", {"person": person}), key="lessons")
    show(say("people.timeline"), timeline, key="timeline")


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
    counted = rows.groupby(["local_day", "source"], as_index=False).size()
    table = counted.pivot(index="local_day", columns="source", values="size").fillna(0).reset_index()
    sources = sorted(counted["source"].unique())
    parts = {name: (name, charts.colour_of(name, ["nocodb", "telemetry", "video", "xapi"])) for name in sources}
    return charts.stacked(table, "local_day", parts)
