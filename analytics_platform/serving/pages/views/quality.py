"""Whether the numbers can be trusted: the ledger, refused lines and their reasons, the age of the snapshot."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import streamlit as st

from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice
from analytics_platform.serving.pages.asking import settings, snapshot
from analytics_platform.serving.pages.showing import ago, number
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
    st.link_button(say("quality.dagster"), f"http://127.0.0.1:{settings().dagster_port}", icon=":material/hub:")
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
        st.dataframe(shown.drop(columns="reasons"), hide_index=True)
    _reasons(shown)


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
    st.plotly_chart(charts.bars(table, "reason", "lines", across=True, text="lines"), key="reasons")
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


def refused_lines(first: date, last: date) -> int | None:
    """Lines in quarantine of some days; None where nothing was ever received."""
    books = ledger()
    if books.empty:
        return None
    return int(books[(books["day"] >= first) & (books["day"] <= last)]["quarantined"].sum())
