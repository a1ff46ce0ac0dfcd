"""Whether the numbers can be trusted: what waits, how fresh each source is, the ledger, refused lines, red checks."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import streamlit as st

from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.red_days import red_checks_of
from analytics_platform.operations.assets import source_lags
from analytics_platform.operations.waiting import waiting_steps
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice
from analytics_platform.serving.pages.asking import settings, snapshot
from analytics_platform.serving.pages.showing import ago, number
from analytics_platform.serving.pages.tables import table_of
from analytics_platform.serving.pages.words import say

COUNTS = ("received", "stored", "duplicate", "quarantined")


def page() -> None:
    st.title(say("quality.title"), anchor=False)
    current = snapshot()
    if current is None:
        st.info(say("common.nothing_published"))
    else:
        seconds = (datetime.now(UTC) - datetime.fromisoformat(current.published_at)).total_seconds()
        st.caption(say("common.published", ago=ago(seconds), first=current.first_day, last=current.last_day))
    st.link_button(say("quality.dagster"), settings().ui, icon=":material/hub:")
    _waiting()
    st.subheader(say("quality.freshness"), anchor=False)
    table_of(sources(), (), "sources")
    books = ledger()
    left, right = st.columns(2)
    with left:
        source = choice(say("quality.source"), "source", list(TABLES), say("quality.all_sources"))
    with right:
        days = choice(say("quality.days"), "days", [30, 90, 365, 3650])
    shown = books if source is None else books[books["table"] == source]
    if not shown.empty:
        shown = shown[shown["day"] > shown["day"].max() - timedelta(days=int(days or 30))]
    st.subheader(say("quality.ledger"), anchor=False)
    if shown.empty:
        st.info(say("common.no_data"))
        return
    _totals(shown)
    by_day = shown.groupby("day", as_index=False)[list(COUNTS)].sum()
    parts = {
        "stored": (say("quality.stored"), charts.PALETTE[0]),
        "duplicate": (say("quality.duplicate"), charts.PALETTE[4]),
        "quarantined": (say("quality.quarantined"), charts.BAD),
    }
    st.plotly_chart(charts.stacked(by_day, "day", parts), key="ledger", alt=say("quality.ledger"))
    st.caption(say("quality.ledger_note"))
    with st.expander(say("common.behind")):
        table_of(shown.drop(columns="reasons").sort_values("day", ascending=False), (), "books")
    _reasons(shown)
    _checks(shown)


def _waiting() -> None:
    """What is not in the numbers yet, by the step at which it waits."""
    st.subheader(say("quality.waiting"), anchor=False)
    waiting = waits()
    if waiting.empty:
        st.success(say("quality.waiting_none"), icon=":material/check_circle:")
        return
    table_of(waiting, (), "waiting")
    st.code("analytics-platform materialize", language="shell")


def _checks(shown: pd.DataFrame) -> None:
    st.subheader(say("quality.red"), anchor=False)
    red = red_checks(min(shown["day"]), max(shown["day"]))
    red = red[red["table"].isin(shown["table"])]
    if red.empty:
        st.success(say("quality.red_none"), icon=":material/check_circle:")
    else:
        table_of(red, (), "red_checks")


def _totals(shown: pd.DataFrame) -> None:
    for place, name in zip(st.columns(len(COUNTS)), COUNTS, strict=True):
        place.metric(say(f"quality.{name}"), number(int(shown[name].sum())), border=True)


def _reasons(shown: pd.DataFrame) -> None:
    st.subheader(say("quality.quarantine"), anchor=False)
    counted: Counter[str] = Counter()
    for reasons in shown["reasons"]:
        counted.update(reasons)
    if not counted:
        st.success(say("quality.quarantine_none"), icon=":material/check_circle:")
        return
    table = pd.DataFrame(counted.most_common(), columns=["reason", "lines"])
    drawn = charts.bars(
        table.assign(reason=table["reason"].str.replace("_", " ")), "reason", "lines", across=True, text="lines"
    )
    st.plotly_chart(drawn, key="reasons", alt=say("quality.quarantine"))
    st.code("analytics-platform quarantine list", language="shell")


@st.cache_data(ttl=30, show_spinner=False)
def ledger() -> pd.DataFrame:
    """The books of the lake: one row per table and received day."""
    lake = open_lake(settings())
    rows = [
        {
            "table": table.path,
            "day": entry.day,
            **{name: getattr(entry, name) for name in COUNTS},
            "reasons": entry.reasons,
        }
        for table in TABLES.values()
        for entry in lake.ledger.entries(table)
    ]
    return pd.DataFrame(rows, columns=["table", "day", *COUNTS, "reasons"])


@st.cache_data(ttl=30, show_spinner=False)
def waits() -> pd.DataFrame:
    """Steps at which days wait, each with how many and which span."""
    found = {step: sorted(days) for step, days in waiting_steps(settings()).items() if days}
    rows = [{"step": step, "days": len(days), "first": days[0], "last": days[-1]} for step, days in found.items()]
    return pd.DataFrame(rows, columns=["step", "days", "first", "last"])


@st.cache_data(ttl=30, show_spinner=False)
def sources() -> pd.DataFrame:
    """How fresh each source is; ``unbuilt_lines`` landed and are in no lake day yet."""
    lags = source_lags(settings(), datetime.now(UTC))
    shown = ("source", "landed_at", "hours", "last_day", "unbuilt_lines")
    rows = pd.DataFrame([{name: getattr(lag, name) for name in shown} for lag in lags], columns=list(shown))
    return rows.assign(landed_at=pd.to_datetime(rows["landed_at"], utc=True))


@st.cache_data(ttl=30, show_spinner=False)
def red_checks(first: date, last: date) -> pd.DataFrame:
    """Checks that failed on a day of a source, by the latest look at it; newest first."""
    lake = open_lake(settings())
    rows = [
        {"table": table.path, "day": day, "checks": ", ".join(names)}
        for table in TABLES.values()
        for day, names in red_checks_of(lake, table, first, last).items()
    ]
    return pd.DataFrame(rows, columns=["table", "day", "checks"]).sort_values("day", ascending=False)


def refused_lines(first: date, last: date) -> int | None:
    """Lines in quarantine of some days; None where nothing was ever received."""
    books = ledger()
    if books.empty:
        return None
    return int(books[(books["day"] >= first) & (books["day"] <= last)]["quarantined"].sum())
