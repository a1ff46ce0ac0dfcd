"""How an answer looks: the chart, and one click away its table, what its columns mean, its SQL and its age.

Empty, stale and failed answers are said in words, with what to do. Does not live here: charts, questions.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics_platform.semantics import Answer, Definition
from analytics_platform.serving.pages.asking import Failed, Reply, frame
from analytics_platform.serving.pages.tables import table_of
from analytics_platform.serving.pages.words import say

PERIODS = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}  # a grain's column, and pandas' name of it


def show(
    title: str,
    reply: Reply,
    draw: Callable[[pd.DataFrame], go.Figure] | None = None,
    empty: str = "",
    key: str | None = None,
    columns: Sequence[str] = (),
    exact: bool = False,
    told: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """A titled chart (or table) of an answer; the rows, for what else the page says of them.

    ``columns`` come first in the table. ``exact`` numbers are not rounded. ``told`` puts
    names where the rows have ids.
    """
    if title:
        st.subheader(title, anchor=False)
    if isinstance(reply, Failed):
        st.warning(reply.message, icon=":material/report:")
        return pd.DataFrame()
    rows = frame(reply)
    if rows.empty:
        st.info(empty or say("common.no_data"), icon=":material/inbox:")
        explain(reply, key or title)
        return rows
    if draw is None:
        table(told(rows) if told else rows, reply, columns=columns, exact=exact)
    else:
        st.plotly_chart(draw(rows), key=f"chart_{key or title}", alt=f"{title}. {say('common.table_below')}")
        if unfinished := unfinished_periods(rows, reply):
            starts = ", ".join(f"{start:%Y-%m-%d}" for start in unfinished)
            st.caption(say("common.unfinished", period=say(f"common.{rows.columns[0]}"), starts=starts))
    explain(reply, key or title, with_table=draw is not None)
    return rows


def unfinished_periods(rows: pd.DataFrame, reply: Answer) -> list[date]:
    """The weeks (months …) of a time axis that the snapshot's days fill only in part: their bars and points are low."""
    if rows.columns[0] not in PERIODS or reply.snapshot.first_day is None or reply.snapshot.last_day is None:
        return []
    first, last = date.fromisoformat(reply.snapshot.first_day), date.fromisoformat(reply.snapshot.last_day)
    starts = pd.to_datetime(rows[rows.columns[0]]).dropna().drop_duplicates().sort_values()
    ends = starts.dt.to_period(PERIODS[rows.columns[0]]).dt.end_time.dt.date
    return [start.date() for start, end in zip(starts, ends, strict=True) if start.date() < first or end > last]


def explain(reply: Answer, key: str, with_table: bool = False) -> None:
    """What was asked, how old it is, and the rows themselves."""
    with st.expander(say("common.behind"), icon=":material/info:"):
        for note in reply.notes:
            st.caption(note)
        if with_table:
            table(frame(reply), reply, key)
        told = [one for one in (*reply.definitions, *reply.columns) if one.description]
        seen: set[str] = set()
        for one in told:
            if one.name not in seen:
                st.markdown(f"**{one.label}** ({one.name}): {one.description}{_denominator(one)}")
                seen.add(one.name)
        st.caption(say("common.age", version=reply.version, at=moment(reply.published_at), ago=ago(reply.age_seconds)))
        st.code(reply.sql, language="sql")


def table(
    rows: pd.DataFrame, reply: Answer, key: str | None = None, columns: Sequence[str] = (), exact: bool = False
) -> None:
    """Rows with the names and units of their columns."""
    table_of(rows, (*reply.columns, *reply.definitions), key, columns, rounded=not exact)


def stale_banner(reply: Reply) -> None:
    """Say at the top that the numbers are old, or that a check is red."""
    if not isinstance(reply, Failed) and reply.quality.state != "good":
        st.warning(say("common.stale", reasons="; ".join(reply.quality.reasons)), icon=":material/schedule:")


def number(value: object, unit: str = "") -> str:
    """A number for people; None is "no data"."""
    if value is None or (isinstance(value, float) and pd.isna(value)) or value is pd.NaT:
        return say("common.no_data_short")
    if unit == "share" and isinstance(value, int | float):
        return f"{value:.1%}" if 0.0005 <= abs(value) < 0.01 else f"{abs(value) if abs(value) < 0.005 else value:.0%}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def ago(seconds: float) -> str:
    """An age in the largest whole unit."""
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= size:
            return say(f"common.ago_{word}", count=int(seconds // size))
    return say("common.ago_now")


def _denominator(one: Definition) -> str:
    return f" *{say('common.of')} {one.denominator}.*" if one.denominator else ""
