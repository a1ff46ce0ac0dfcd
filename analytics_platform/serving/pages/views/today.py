"""What changed since yesterday, and what needs somebody: each number leads to its reason."""

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from analytics_platform.semantics import Named
from analytics_platform.serving.pages import charts, first_view
from analytics_platform.serving.pages.address import day, leads_to
from analytics_platform.serving.pages.asking import Failed, ask, days, frame, has, lesson_names
from analytics_platform.serving.pages.first_view import CHANGES, WEEK
from analytics_platform.serving.pages.showing import number, show, stale_banner
from analytics_platform.serving.pages.views import incidents, quality
from analytics_platform.serving.pages.words import say

MOST_UNUSUAL = 8


def page() -> None:
    st.title(say("today.title"), anchor=False)
    there = days()
    if there is None:
        st.info(say("common.nothing_published"))
        return
    first, last = there
    chosen = day(say("common.day"), "day", last, first, last)
    _needs(chosen)
    _changes(chosen)
    _unusual(chosen)
    reply = ask(first_view.activity(chosen))
    stale_banner(reply)
    show(
        say("today.activity"),
        reply,
        lambda rows: charts.lines(rows, rows.columns[0], {"active_people": say("today.active")}),
        key="activity",
    )


def _needs(chosen: date) -> None:
    st.subheader(say("today.headline"), anchor=False)
    since = chosen - WEEK + timedelta(days=1)
    flagged = _count(first_view.flagged(chosen), "safety_flags", "answer_id")
    risk = _count(first_view.RISK, "at_risk_learners")
    unusual = _count(first_view.open_incidents(), "incidents")
    refused = quality.refused_lines(since, chosen)
    tiles: list[tuple[str, int | None, str, dict[str, str]]] = [
        ("flagged", flagged, "learning", {"tab": "answers", "flagged": "1"}),
        ("at_risk", risk, "people", {"list": "at_risk"}),
        ("incidents", unusual, "operations", {"tab": "incidents"}),
        ("refused", refused, "quality", {}),
        ("red", len(quality.red_checks(since, chosen)), "quality", {}),
    ]
    if all(value == 0 for _, value, _, _ in tiles):
        st.success(say("today.nothing"), icon=":material/check_circle:")
    for place, (name, value, path, address) in zip(st.columns(len(tiles)), tiles, strict=True):
        with place.container(border=True):
            st.metric(say(f"today.{name}"), number(value), help=say(f"today.{name}_help"))
            leads_to(path, say(f"today.{name}_open"), **address)


def _count(question: Named, mart: str, of: str = "") -> int | None:
    """Rows of a list, or different values of a column of it."""
    if not has(mart):
        return None
    reply = ask(question)
    if isinstance(reply, Failed):
        return None
    return len(reply.table[of].unique()) if of else reply.table.num_rows


def _changes(chosen: date) -> None:
    st.subheader(say("today.change"), anchor=False)
    for place, (text, name) in zip(st.columns(len(CHANGES)), CHANGES.items(), strict=True):
        rows = frame(ask(first_view.change(text, chosen)))
        now, before = _on(rows, name, chosen), _on(rows, name, chosen - timedelta(days=1))
        change = None if now is None or before is None else f"{now - before:+,.0f}"
        with place.container(border=True):
            st.metric(say(f"today.{text}"), number(now), change, delta_color="off")
            st.caption(say("today.week_before", count=number(_on(rows, name, chosen - WEEK))))


def _unusual(chosen: date) -> None:
    """What went wrong on the day, in words; the page of operations has the rest."""
    if not has("incidents"):
        return
    st.subheader(say("today.unusual"), anchor=False)
    found = ask(first_view.unusual(chosen))
    if isinstance(found, Failed):
        st.warning(found.message, icon=":material/report:")
        return
    if not found.rows:
        st.markdown(say("today.unusual_none"))
        return
    lessons = lesson_names()
    st.markdown("\n".join(f"- {incidents.sentence(row, lessons)}" for row in found.rows[:MOST_UNUSUAL]))
    leads_to("operations", say("today.incidents_open"), tab="incidents")


def _on(rows: pd.DataFrame, name: str, wanted: date) -> int | None:
    """The value of a day; None where there is no row or no value."""
    if rows.empty:
        return None
    found = rows[pd.to_datetime(rows[rows.columns[0]]).dt.date == wanted][name].dropna()
    return int(found.iloc[0]) if len(found) else None
