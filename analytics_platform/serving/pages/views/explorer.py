"""Any mart without SQL, any metric by any dimension, and one SELECT for those who write it."""

import io
from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import Query
from analytics_platform.semantics.guard import LONGEST, ask_sql
from analytics_platform.semantics.questions import GRAINS
from analytics_platform.serving.pages import charts, mart_rows
from analytics_platform.serving.pages.address import choice, several, tab, words
from analytics_platform.serving.pages.asking import (
    Failed,
    among,
    ask,
    cohorts,
    frame,
    known,
    settings,
    snapshot,
    viewer,
)
from analytics_platform.serving.pages.mart_rows import Bound, Condition
from analytics_platform.serving.pages.showing import explain, number, show
from analytics_platform.serving.pages.words import say

MOST_ROWS, MOST_BARS = 10_000, 60


def page() -> None:
    st.title(say("explorer.title"), anchor=False)
    if snapshot() is None:
        st.info(say("common.nothing_published"))
        return
    opened = tab("explorer", ("metrics", "marts", "sql"))
    with opened.place:
        {"metrics": _metrics, "marts": _marts, "sql": _sql}[opened.name]()


def _metrics() -> None:
    registry = known()
    current = snapshot()
    names = [
        name
        for name, metric in sorted(registry.metrics.items())
        if current and all(mart in current.rows for mart in metric.marts)
    ]
    labels = {name: registry.metrics[name].definition.label for name in names}
    name = choice(say("explorer.metric"), "metric", names, shown=lambda key: labels.get(key, str(key)))
    if name is None:
        return
    metric = registry.metrics[name]
    st.caption(metric.definition.description)
    left, right = st.columns(2)
    with left:
        by = choice(
            say("explorer.by"), "by", [dimension.short for dimension in metric.dimensions], say("explorer.nothing")
        )
    with right:
        grain = choice(
            say("explorer.grain"), "grain", list(GRAINS), say("explorer.all_days"), lambda one: say(f"common.{one}")
        )
    reply = ask(Query(metrics=(name,), group_by=(by,) if by else (), grain=grain, limit=1000))
    share = metric.definition.unit == "share"

    def draw(rows: pd.DataFrame) -> Figure:
        if grain and by:
            members = rows[by].dropna().astype(str).unique().tolist()
            return charts.lines_by(rows, rows.columns[0], name, by, among(by, members), share)
        if grain:
            return charts.lines(rows, rows.columns[0], {name: metric.definition.label}, share)
        colour = charts.colours_of(rows["cohort"], cohorts()) if by == "cohort" else charts.PALETTE[0]
        return charts.bars(rows.fillna({by: say("boards.none")}), by or name, name, share, across=True, colour=colour)

    if not by and not grain and not isinstance(reply, Failed):
        st.metric(metric.definition.label, number(reply.rows[0][name], metric.definition.unit), border=True)
        explain(reply, "metric", with_table=True)
        return
    show(metric.definition.label, reply, draw, key="metric")


def _marts() -> None:
    """Rows of a mart behind the same guard as SQL: whoever sees some cohorts sees their rows."""
    registry, current = known(), snapshot()
    if not viewer().sees_people or current is None:
        st.info(say("people.not_allowed"))
        return
    mart = choice(say("explorer.mart"), "mart", sorted(name for name in registry.marts if name in current.rows))
    if mart is None:
        return
    meaning = registry.marts[mart]
    st.caption(meaning.description)
    kinds = {column: kind for column, kind, _ in meaning.columns}
    picked = several(say("explorer.columns"), "columns", list(kinds), list(kinds)[:12], mart) or list(kinds)
    conditions = _conditions(
        {name: kinds[name] for name in several(say("explorer.filter"), "where", list(kinds), [], mart)}
    )
    left, right = st.columns(2)
    with left:
        order = choice(say("explorer.sort"), "sort", list(kinds), "–")
    with right:
        down = choice(say("explorer.direction"), "down", ["1"], say("explorer.up"), lambda _down: say("explorer.down"))
    try:
        sql = mart_rows.select(mart, picked, conditions, order, down is not None, registry.engine)
        answer = ask_sql(settings(), sql, viewer(), limit=MOST_ROWS)
    except PlatformError as error:
        st.warning(str(error), icon=":material/report:")
        return
    rows = frame(answer)
    draw = _drawing([name for name in picked if name in rows.columns], kinds)
    show(mart, answer, draw, key="mart", exact=True)
    if len(rows) == MOST_ROWS:
        st.caption(say("explorer.sql_cut", count=f"{MOST_ROWS:,}"))
    st.download_button(say("explorer.csv"), rows.to_csv(index=False).encode(), f"{mart}.csv", "text/csv")
    st.download_button(say("explorer.parquet"), _parquet(answer.table), f"{mart}.parquet", "application/octet-stream")


def _conditions(kinds: Mapping[str, str]) -> list[Condition]:
    """One widget, or two bounds, for each column that is filtered; what is left empty filters nothing."""
    found = []
    for name, kind in kinds.items():
        if kind == "boolean":
            told = choice(
                name, f"in_{name}", [True, False], "–", lambda value: say("explorer.yes" if value else "explorer.no")
            )
            found.append(Condition(name, is_true=told))
        elif kind in mart_rows.NUMBERS | mart_rows.TIMES:
            read = date.fromisoformat if kind in mart_rows.TIMES else float
            left, right = st.columns(2)
            with left:
                low = _bound(say("explorer.from", column=name), f"from_{name}", read)
            with right:
                high = _bound(say("explorer.to", column=name), f"to_{name}", read)
            found.append(Condition(name, low=low, high=high))
        else:
            found.append(Condition(name, contains=words(say("explorer.contains", column=name), f"in_{name}")))
    return found


def _bound(label: str, name: str, read: Callable[[str], Bound]) -> Bound:
    """A number, or a day as 2026-01-31; anything else is said to be none and filters nothing."""
    typed = words(label, name)
    try:
        return read(typed) if typed else None
    except ValueError:
        st.warning(say("explorer.no_bound", typed=typed))
        return None


def _drawing(columns: list[str], kinds: Mapping[str, str]) -> Callable[[pd.DataFrame], Figure] | None:
    """A chart of the rows as they are: nothing is summed. None shows the table."""
    counted = [name for name in columns if kinds[name] in mart_rows.NUMBERS]
    left, right = st.columns(2)
    with left:
        down = choice(say("explorer.chart"), "y", counted, say("explorer.table"))
    with right:
        across = choice(say("explorer.across"), "x", [name for name in columns if name != down]) if down else None
    if not down or not across:
        return None

    def draw(rows: pd.DataFrame) -> Figure:
        if kinds[across] in mart_rows.TIMES | mart_rows.NUMBERS:
            return charts.lines(rows.sort_values(across), across, {down: down}, points=True)
        return charts.bars(rows.head(MOST_BARS), across, down, across=True)

    return draw


def _sql() -> None:
    """A SELECT of the person's own, behind the same guard and roles as the API's. It stands in the address."""
    if not viewer().sees_people:
        st.info(say("people.not_allowed"))
        return
    st.caption(say("explorer.sql_run_hint"))
    given = st.query_params.get("sql", "select lesson_name, people_started from lessons")
    with st.form("sql_form"):
        sql = st.text_area(say("explorer.sql_hint"), given, height=160, max_chars=LONGEST)
        asked = st.form_submit_button(say("explorer.run"), type="primary", icon=":material/play_arrow:")
    if asked:
        st.query_params["sql"] = sql
    if not asked and "sql" not in st.query_params:
        return
    try:
        answer = ask_sql(settings(), sql, viewer(), limit=MOST_ROWS)
    except PlatformError as error:
        st.warning(str(error), icon=":material/report:")
        return
    rows = answer.table.to_pandas()
    if len(rows) == MOST_ROWS:
        st.caption(say("explorer.sql_cut", count=f"{MOST_ROWS:,}"))
    show(say("explorer.sql"), answer, key="sql", exact=True)
    st.download_button(say("explorer.csv"), rows.to_csv(index=False).encode(), "answer.csv", "text/csv", key="sql_csv")


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()
