"""The app and its machines: scores, endpoints, AI processing, incidents with their causes, forecasts, the last hour."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice
from analytics_platform.serving.pages.asking import frame, has, named
from analytics_platform.serving.pages.showing import number, show, stale_banner
from analytics_platform.serving.pages.words import say

EVERY_SECONDS = 30
KINDS = ["grammar", "memory", "reasoning"]
SIGNS = {"critical": ":red[⬤ critical]", "high": ":orange[▲ high]", "medium": "◆ medium", "low": "● low"}


def page() -> None:
    st.title(say("operations.title"), anchor=False)
    grain = choice(say("explorer.grain"), "grain", ["day", "hour"]) or "day"
    if _there("user_activities"):
        _real_time()
    _incidents()
    if _there("kpis"):
        reply = named("kpis", {"grain": grain})
        stale_banner(reply)
        names = {"engagement": "engagement", "system_health": "system health", "ai_performance": "AI performance"}
        show(say("operations.kpis"), reply, lambda rows: charts.lines(_timed(rows), "started_at", names), key="kpis")
    if _there("system_health"):
        show(
            say("operations.health"),
            named("system_health", {"grain": grain}),
            lambda rows: charts.lines(_timed(rows), "started_at", {"avg_ms": "mean ms", "p95_ms": "p95 ms"}),
            key="health",
        )
    if _there("api_performance"):
        show(say("operations.api"), named("api_performance", {"grain": grain}), _endpoints, key="api")
    if _there("ai_performance"):
        show(say("operations.ai"), named("ai_performance", {"grain": grain}), _processes, key="ai")
    if _there("errors"):
        show(say("operations.errors"), named("errors", limit=200), key="errors")
    if _there("forecasts"):
        show(say("operations.forecasts"), named("forecasts", limit=500), key="forecasts")


@st.fragment(run_every=EVERY_SECONDS)
def _real_time() -> None:
    """Only this part of the page runs again, and its chart keeps its key: nothing flickers."""
    reply = named("real_time")
    rows = show(say("operations.realtime"), reply, _minutes, key="realtime")
    if not rows.empty:
        newest = f"{rows['minute'].max():%Y-%m-%d %H:%M} UTC"
        st.caption(say("operations.realtime_now", at=newest, seconds=EVERY_SECONDS))


def _minutes(rows: pd.DataFrame) -> Figure:
    """Bars: a minute without events has no row, and a line would run across it."""
    last = rows["minute"].max()
    figure = charts.bars(rows, "minute", "events")
    figure.update_xaxes(range=[last - pd.Timedelta(minutes=59.5), last + pd.Timedelta(minutes=0.5)])
    return figure


def _there(mart: str) -> bool:
    if has(mart):
        return True
    st.info(say("common.missing_mart", mart=mart), icon=":material/inbox:")
    return False


def _incidents() -> None:
    if not _there("incidents"):
        return
    st.subheader(say("operations.incidents"), anchor=False)
    rows = frame(named("incidents", limit=50))
    if rows.empty:
        st.success(say("operations.no_incidents"), icon=":material/check_circle:")
        return
    known = frame(named("lessons"))
    lessons = {} if known.empty else dict(zip(known["lesson_id"], known["lesson_name"], strict=True))
    for row in rows.head(10).to_dict("records"):
        with st.container(border=True):
            until = f"{row['ended_at']:%Y-%m-%d %H:%M}" if not pd.isna(row["ended_at"]) else say("operations.open")
            st.markdown(f"**{_series(row, lessons)}** {SIGNS.get(row['severity'], row['severity'])} · {row['nature']}")
            st.caption(
                f"{row['started_at']:%Y-%m-%d %H:%M} → {until} · {number(row['observed'])}"
                f" ({number(row['low'])}–{number(row['high'])})"
            )
            for cause in json.loads(row["explained_by"] or "[]"):
                st.caption(f"{cause['dimension']} = {cause['member']}: {number(cause['share'], 'share')}")
    show("", named("incidents", limit=200), key="incidents")


def _series(row: Mapping[Any, Any], lessons: Mapping[str, str]) -> str:
    """What is watched, in words: a lesson has its name, not its address."""
    said = str(row["metric"]).replace("_", " ")
    if not row["dimension"]:
        return said
    member = str(lessons.get(str(row["member"])) or row["member"])
    return f"{said} · {member}".replace("_", "\\_")


def _timed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("started_at")


def _processes(rows: pd.DataFrame) -> Figure:
    return charts.lines_by(_timed(rows), "started_at", "success_rate", "process_kind", KINDS, share=True)


def _endpoints(rows: pd.DataFrame) -> Figure:
    slowest = rows.groupby("endpoint", as_index=False)[["p95_ms"]].max().sort_values("p95_ms", ascending=False)
    return charts.bars(slowest.head(15), "endpoint", "p95_ms", across=True)
