"""The app and its machines: scores, endpoints, AI processing, incidents with their causes, forecasts, the last hour."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.errors import PlatformError
from analytics_platform.insights.live import LiveWindow
from analytics_platform.lake import open_lake
from analytics_platform.serving.last_hour import as_json, last_hour
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice
from analytics_platform.serving.pages.asking import frame, has, lesson_names, named, settings, viewer
from analytics_platform.serving.pages.showing import number, show, stale_banner
from analytics_platform.serving.pages.words import say

EVERY_SECONDS = 30
KINDS = ["grammar", "memory", "reasoning"]
SIGNS = {"critical": ":red[⬤ critical]", "high": ":orange[▲ high]", "medium": "◆ medium", "low": "● low"}


def page() -> None:
    st.title(say("operations.title"), anchor=False)
    grain = choice(say("explorer.grain"), "grain", ["day", "hour"]) or "day"
    _real_time()
    _incidents()
    if _there("app_minutes"):
        names = {"events": say("operations.events"), "errors": say("operations.failed_requests")}
        show(say("operations.minutes"), named("app_minutes"), lambda rows: _by_minute(rows, names), key="minutes")
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


@st.cache_resource(show_spinner=False)
def _window() -> LiveWindow:
    return LiveWindow(open_lake(settings()))


@st.fragment(run_every=EVERY_SECONDS)
def _real_time() -> None:
    """Only this part of the page runs again, and its chart keeps its key: nothing flickers."""
    st.subheader(say("operations.realtime"), anchor=False)
    try:
        live = last_hour(_window(), viewer())
    except PlatformError as error:
        st.warning(str(error), icon=":material/report:")
        return
    st.caption(say("operations.realtime_now", at=f"{live.asked_at:%H:%M:%S} UTC", seconds=EVERY_SECONDS))
    if live.viewers:
        watching = ", ".join(f"{video}: {people}" for video, people in live.viewers.items())
        st.markdown(say("operations.watching", videos=watching))
    if not live.has_data:
        st.info(say("operations.realtime_none"), icon=":material/inbox:")
        return
    told = [
        ("people_now", number(live.active_users)),
        ("events_a_minute", number(live.events_per_minute)),
        ("errors_now", number(live.error_rate, "share")),
        ("ms_avg", number(live.response_ms_avg)),
        ("ms_p95", number(live.response_ms_p95)),
        ("ai_ms", number(live.ai_ms_avg)),
        ("ai_success", number(live.ai_success_rate, "share")),
    ]
    for column, (word, value) in zip(st.columns(len(told)), told, strict=True):
        column.metric(say(f"operations.{word}"), value)
    rows = pd.DataFrame(as_json(live)["data"])
    st.plotly_chart(charts.bars(rows, "at", "events"), key="realtime", alt=say("operations.realtime"))
    if live.process_shares:
        st.caption(" · ".join(f"{kind} {share:.0%}" for kind, share in live.process_shares.items()))
    with st.expander(say("common.behind"), icon=":material/info:"):
        st.markdown(say("operations.realtime_means"))
        st.dataframe(rows, hide_index=True)


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
    lessons = lesson_names()
    for row in rows.head(10).to_dict("records"):
        with st.container(border=True):
            until = f"{row['ended_at']:%Y-%m-%d %H:%M}" if not pd.isna(row["ended_at"]) else say("operations.open")
            st.markdown(f"**{_series(row, lessons)}** {SIGNS.get(row['severity'], row['severity'])} · {row['nature']}")
            seen = say(
                "operations.expected",
                observed=number(row["observed"]),
                low=number(row["low"]),
                high=number(row["high"]),
            )
            st.caption(f"{row['started_at']:%Y-%m-%d %H:%M} → {until} · {seen}")
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


def _by_minute(rows: pd.DataFrame, names: Mapping[str, str]) -> Figure:
    return charts.lines(_timed(rows), "started_at", names, points=True)


def _processes(rows: pd.DataFrame) -> Figure:
    return charts.lines_by(_timed(rows), "started_at", "success_rate", "process_kind", KINDS, share=True)


def _endpoints(rows: pd.DataFrame) -> Figure:
    slowest = rows.groupby("endpoint", as_index=False)[["p95_ms"]].max().sort_values("p95_ms", ascending=False)
    return charts.bars(slowest.head(15), "endpoint", "p95_ms", across=True)
