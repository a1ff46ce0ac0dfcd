"""Answers of the semantics for a page: one cache for all sessions, keyed by question, viewer and snapshot.

A new snapshot has a new version, so nothing old is shown. Does not live here: how an answer looks (``showing``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import LOCAL, Answer, Filter, Named, Query, Registry, Viewer, query
from analytics_platform.semantics.questions import Value
from analytics_platform.semantics.registry import registry
from analytics_platform.settings import Settings, load
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.publishing import Snapshot

KEEP = 400  # answers in memory; one has a few hundred rows


@dataclass(frozen=True)
class Failed:
    """A question without an answer, and why."""

    message: str


Reply = Answer | Failed


def settings() -> Settings:
    return load()


def known() -> Registry:
    """What can be asked."""
    return registry(load())


def viewer() -> Viewer:
    """Who looks; set by the entry for this session."""
    found: Viewer = st.session_state.get("viewer", LOCAL)
    return found


@st.cache_data(ttl=5, show_spinner=False)
def snapshot() -> Snapshot | None:
    """What readers see now; looked at again after five seconds."""
    return open_warehouse(load()).current()


def has(*marts: str) -> bool:
    """Whether the snapshot holds these marts."""
    current = snapshot()
    return current is not None and all(mart in current.rows for mart in marts)


def metric(*names: str, **question: Any) -> Reply:
    """Metrics, as ``Query`` takes them: ``metric("completion_rate", group_by=("cohort",))``."""
    return ask(Query(metrics=names, **question))


def named(name: str, parameters: Mapping[str, Value] | None = None, **shape: Any) -> Reply:
    """A named query; parameters that are None are left out."""
    given = {key: value for key, value in (parameters or {}).items() if value not in (None, "")}
    return ask(Named(name, given, **shape))


def ask(question: Query | Named) -> Reply:
    """The answer, or why there is none. Nothing is raised: a page shows its other parts."""
    current = snapshot()
    if current is None:
        return Failed("Nothing has been published yet. Materialise a day in Dagster, or run make demo.")
    return _answered(repr(question), current.version, viewer(), question)


@st.cache_data(max_entries=KEEP, show_spinner=False, hash_funcs={Viewer: repr})
def _answered(shape: str, version: str, who: Viewer, _question: Query | Named) -> Reply:
    """Streamlit leaves arguments with an underscore out of the key: ``shape`` stands for the question."""
    try:
        return query(load(), _question, who)
    except PlatformError as error:
        return Failed(str(error))


def frame(reply: Reply) -> pd.DataFrame:
    """The rows for a chart or a table on the screen, prices as plain numbers; empty where there is no answer."""
    if isinstance(reply, Failed):
        return pd.DataFrame()
    table = reply.table
    for place, column in enumerate(table.schema):
        if pa.types.is_decimal(column.type):
            table = table.set_column(place, column.name, table[place].cast(pa.float64()))
    rows: pd.DataFrame = table.to_pandas()
    return rows


def lesson_names() -> dict[str, str]:
    """Names of lessons by their ids."""
    rows = frame(named("lessons"))
    return {} if rows.empty else dict(zip(rows["lesson_id"], rows["lesson_name"], strict=True))


def choices(name: str, column: str, parameters: Mapping[str, Value] | None = None) -> list[Any]:
    """The values of a column of a named query, in its order, each once."""
    rows = frame(named(name, parameters))
    return [] if rows.empty else list(dict.fromkeys(rows[column].dropna().tolist()))


def members(name: str, dimension: str) -> list[Any]:
    """The values of a metric's dimension, in their order: a list of millions of rows is not read for them."""
    rows = frame(metric(name, group_by=(dimension,)))
    return [] if rows.empty else rows[dimension].dropna().tolist()


def days() -> tuple[date, date] | None:
    """First and last local day with any activity; None where there is none."""
    rows = frame(named("lifecycle", {"period": "day"})) if has("user_lifecycle") else pd.DataFrame()
    column = "period_start"
    if rows.empty:  # not for whoever sees some cohorts only: the metric reads every fact of these
        rows = frame(metric("active_people", grain="day"))
        if rows.empty:
            return None
        column = rows.columns[0]
    found = pd.to_datetime(rows[column]).dt.date
    return found.min(), found.max()


def cohorts() -> list[str]:
    """The roster cohorts that the viewer may see."""
    return [value for value in choices("cohorts", "cohort") if value]


def among(dimension: str, members: Sequence[str]) -> Sequence[str]:
    """The names among which a member has its colour: a cohort has the same one whichever of them a chart shows."""
    return cohorts() if dimension == "cohort" else members


__all__ = [
    "Failed",
    "Filter",
    "Reply",
    "among",
    "ask",
    "choices",
    "cohorts",
    "frame",
    "has",
    "known",
    "metric",
    "named",
]
