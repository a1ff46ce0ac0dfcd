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
    st.markdown(seen(row))
    st.caption(f"{row['started_at']:%Y-%m-%d %H:%M} → {until} UTC")
    for one in json.loads(row["explained_by"] or "[]")[:MOST_CAUSES]:
        st.caption(cause(one, lessons))


def seen(row: Mapping[Any, Any]) -> str:
    """What was seen against what was expected, in the unit of the number."""
    unit = "share" if is_share(str(row["metric"]), None) else ""
    low = max(row["low"], 0.0) if unit and row["low"] is not None else row["low"]  # no share is below 0 %
    observed, low, high = (number(value, unit) for value in (row["observed"], low, row["high"]))
    return say("operations.expected", observed=observed, low=low, high=high)


def sentence(row: Mapping[Any, Any], lessons: Mapping[str, str]) -> str:
    """All of an incident in a line, with the part that explains most of it."""
    title = series(row, lessons).replace("_", "\\_")
    causes = json.loads(row["explained_by"] or "[]")[:1]
    why = f" {cause(causes[0], lessons)}." if causes else ""
    return f"**{title}** {SIGNS.get(row['severity'], row['severity'])}: {seen(row)}{why}"


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
