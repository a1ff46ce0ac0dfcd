"""Any mart without SQL, any metric by any dimension, and one SELECT for those who write it."""

import io

import pandas as pd
import pyarrow.parquet as pq
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import Query
from analytics_platform.semantics.guard import LONGEST, ask_sql
from analytics_platform.semantics.questions import GRAINS
from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice, tab, words
from analytics_platform.serving.pages.asking import ask, known, settings, snapshot, viewer
from analytics_platform.serving.pages.showing import show
from analytics_platform.serving.pages.words import say
from analytics_platform.warehouse.engine import open_warehouse

MOST_ROWS = 10_000


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
        by = choice(say("explorer.by"), "by", [dimension.short for dimension in metric.dimensions], "–")
    with right:
        grain = choice(say("explorer.grain"), "grain", list(GRAINS), "–")
    reply = ask(Query(metrics=(name,), group_by=(by,) if by else (), grain=grain, limit=1000))
    share = metric.definition.unit == "share"

    def draw(rows: pd.DataFrame) -> Figure:
        if grain and by:
            members = rows[by].dropna().astype(str).unique().tolist()
            return charts.lines_by(rows, rows.columns[0], name, by, members, share)
        if grain:
            return charts.lines(rows, rows.columns[0], {name: metric.definition.label}, share)
        return charts.bars(rows, by or name, name, share, across=True)

    show(metric.definition.label, reply, draw if by or grain else None, key="metric")


def _marts() -> None:
    registry, current = known(), snapshot()
    if not viewer().sees_everything or current is None:
        st.info(say("people.not_allowed"))
        return
    mart = choice(say("explorer.mart"), "mart", sorted(name for name in registry.marts if name in current.rows))
    if mart is None:
        return
    meaning = registry.marts[mart]
    st.caption(meaning.description)
    columns = [column for column, *_ in meaning.columns]
    picked = st.multiselect(say("explorer.columns"), columns, default=columns[:12], key=f"columns_{mart}") or columns
    left, middle, right = st.columns(3)
    with left:
        filtered = choice(say("explorer.filter"), "filter", columns, "–")
    with middle:
        value = words(say("explorer.value"), "value") if filtered else ""
    with right:
        order = choice(say("explorer.sort"), "sort", columns, "–")
    rows = _read(mart, tuple(picked), filtered if value else None, value, order, current.version)
    st.dataframe(rows, hide_index=True)
    st.download_button(say("explorer.csv"), rows.to_csv(index=False).encode(), f"{mart}.csv", "text/csv")
    st.download_button(say("explorer.parquet"), _parquet(rows), f"{mart}.parquet", "application/octet-stream")


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
    show(say("explorer.sql"), answer, key="sql")
    st.download_button(say("explorer.csv"), rows.to_csv(index=False).encode(), "answer.csv", "text/csv", key="sql_csv")


@st.cache_data(max_entries=50, show_spinner=False)
def _read(
    mart: str, columns: tuple[str, ...], filtered: str | None, value: str, order: str | None, version: str
) -> pd.DataFrame:
    """Names come from the registry; the value is bound."""
    sql = f"select {', '.join(_quoted(name) for name in columns)} from {_quoted(mart)}"
    if filtered:
        sql += f" where strpos(lower(cast({_quoted(filtered)} as varchar)), lower($1)) > 0"
    if order:
        sql += f" order by {_quoted(order)}"
    with open_warehouse(settings()).reader() as reader:
        rows: pd.DataFrame = reader.query(f"{sql} limit {MOST_ROWS}", [value] if filtered else []).to_pandas()
    return rows


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _parquet(rows: pd.DataFrame) -> bytes:
    import pyarrow as pa

    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), sink)
    return sink.getvalue()
