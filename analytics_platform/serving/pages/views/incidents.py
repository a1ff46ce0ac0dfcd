"""Incidents in words: what was seen, what was expected, and which part of it explains the difference."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics_platform.serving.pages.asking import frame, lesson_names, named
from analytics_platform.serving.pages.showing import number, show
from analytics_platform.serving.pages.tables import is_share
from analytics_platform.serving.pages.words import say

SHOWN, LISTED, MOST_CAUSES = 6, 200, 3
SIGNS = {"critical": ":red[⬤ critical]", "high": ":orange[▲ high]", "medium": "◆ medium", "low": "● low"}
COLUMNS = ("started_at", "watched", "severity", "status", "observed", "low", "high", "ended_at", "nature")


def section() -> None:
    st.subheader(say("operations.incidents"), anchor=False)
    listed = named("incidents", limit=LISTED)
    rows = frame(listed)
    if rows.empty:
        st.success(say("operations.no_incidents"), icon=":material/check_circle:")
        return
    lessons = lesson_names()
    for row in rows.head(SHOWN).to_dict("records"):
        with st.container(border=True):
            _one(row, lessons)

    def told(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(watched=[series(row, lessons) for row in table.to_dict("records")])

    show(say("operations.all_incidents"), listed, key="incidents", columns=COLUMNS, told=told)


def _one(row: Mapping[Any, Any], lessons: Mapping[str, str]) -> None:
    until = f"{row['ended_at']:%Y-%m-%d %H:%M}" if not pd.isna(row["ended_at"]) else say("operations.open")
    title = series(row, lessons).replace("_", "\\_")
    st.markdown(f"**{title}** {SIGNS.get(row['severity'], row['severity'])}")
    unit = "share" if is_share(str(row["metric"]), None) else ""
    seen = say(
        "operations.expected",
        observed=number(row["observed"], unit),
        low=number(max(row["low"], 0.0) if unit else row["low"], unit),  # no share is below 0 %
        high=number(row["high"], unit),
    )
    st.markdown(seen)
    st.caption(f"{row['started_at']:%Y-%m-%d %H:%M} → {until} UTC")
    for one in json.loads(row["explained_by"] or "[]")[:MOST_CAUSES]:
        st.caption(cause(one, lessons))


def cause(one: Mapping[str, Any], lessons: Mapping[str, str]) -> str:
    """A part of the difference; a member may have more than all of it, where others went the other way."""
    what = str(one["dimension"]).removesuffix("_id").replace("_", " ")
    member = str(lessons.get(str(one["member"])) or one["member"])
    if one["share"] > 1:
        return say("operations.cause_all", what=what, member=member)
    return say("operations.cause", what=what, member=member, share=number(one["share"], "share"))


def series(row: Mapping[Any, Any], lessons: Mapping[str, str]) -> str:
    """What is watched, in words: a lesson has its name, not its address."""
    said = str(row["metric"]).replace("_", " ")
    if not row["dimension"]:
        return said
    return f"{said} · {lessons.get(str(row['member'])) or row['member']}"
