"""The app and its machines: the last hour, incidents with their causes, scores and endpoints, forecasts."""

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.errors import PlatformError
from analytics_platform.insights.live import LiveWindow
from analytics_platform.lake import open_lake
from analytics_platform.serving.last_hour import as_json, last_hour
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice, tab
from analytics_platform.serving.pages.asking import has, named, settings, viewer
from analytics_platform.serving.pages.showing import number, show, stale_banner
from analytics_platform.serving.pages.tables import table_of
from analytics_platform.serving.pages.views import forecasts, incidents
from analytics_platform.serving.pages.words import say

EVERY_SECONDS = 30
KINDS = ["grammar", "memory", "reasoning"]
ERROR = ("error_type", "place", "occurrences", "users", "first_seen_at", "last_seen_at")


def page() -> None:
    st.title(say("operations.title"), anchor=False)
    opened = tab("operations", ("now", "incidents", "app", "forecasts"))
    with opened.place:
        {"now": _now, "incidents": _incidents, "app": _app, "forecasts": _forecasts}[opened.name]()


def _now() -> None:
    _real_time()
    if _there("app_minutes"):
        names = {"events": say("operations.events"), "errors": say("operations.failed_requests")}
        show(
            say("operations.minutes"),
            named("app_minutes"),
            lambda rows: charts.lines(_timed(rows), "started_at", names, points=True),
            key="minutes",
        )


def _incidents() -> None:
    if _there("incidents"):
        incidents.section()


def _forecasts() -> None:
    if _there("forecasts"):
        forecasts.section()


def _app() -> None:
    grain = choice(say("explorer.grain"), "grain", ["day", "hour"], shown=lambda one: say(f"common.{one}")) or "day"
    if _there("kpis"):
        reply = named("kpis", {"grain": grain})
        stale_banner(reply)
        names = {
            "engagement": say("operations.engagement"),
            "system_health": say("operations.system_health"),
            "ai_performance": say("operations.ai_performance"),
        }
        show(say("operations.kpis"), reply, lambda rows: charts.lines(_timed(rows), "started_at", names), key="kpis")
    if _there("system_health"):
        times = {"avg_ms": say("operations.ms_avg"), "p95_ms": say("operations.ms_p95")}
        show(
            say("operations.health"),
            named("system_health", {"grain": grain}),
            lambda rows: charts.lines(_timed(rows), "started_at", times),
            key="health",
        )
    if _there("ai_performance"):
        show(say("operations.ai"), named("ai_performance", {"grain": grain}), _processes, key="ai")
    if _there("api_performance"):
        show(say("operations.api"), named("slowest_endpoints"), _endpoints, key="api")
    if _there("errors"):
        show(say("operations.errors"), named("errors", limit=200), key="errors", columns=ERROR)


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
        table_of(rows, (), "realtime_rows")


def _there(mart: str) -> bool:
    if has(mart):
        return True
    st.info(say("common.missing_mart", mart=mart), icon=":material/inbox:")
    return False


def _timed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("started_at")


def _processes(rows: pd.DataFrame) -> Figure:
    return charts.lines_by(_timed(rows), "started_at", "success_rate", "process_kind", KINDS, share=True)


def _endpoints(rows: pd.DataFrame) -> Figure:
    """The mean time as a bar; how many requests it is of, and how many of these failed, stand in it."""
    texts = [
        say("operations.endpoint", ms=f"{mean:,.0f}", count=f"{requests:,}", failed=f"{failed:.1%}")
        for mean, requests, failed in zip(rows["avg_ms"], rows["requests"], rows["error_rate"], strict=True)
    ]
    return charts.bars(rows.assign(text=texts).head(15), "endpoint", "avg_ms", across=True, text="text")
