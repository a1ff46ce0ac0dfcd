"""What is expected of a series in the next days and how sure that is; which series cannot be forecast, and why."""

from datetime import timedelta

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from analytics_platform.serving.pages import charts
from analytics_platform.serving.pages.address import choice
from analytics_platform.serving.pages.asking import Failed, frame, lesson_names, named
from analytics_platform.serving.pages.showing import show
from analytics_platform.serving.pages.tables import table_of
from analytics_platform.serving.pages.views.incidents import series
from analytics_platform.serving.pages.words import say

MOST, DAYS_BEFORE = 5_000, 28
COLUMNS = ("forecast_for", "mean", "low_80", "high_80", "low_95", "high_95")


def section() -> None:
    everything = named("forecasts", limit=MOST)
    rows = frame(everything)
    if isinstance(everything, Failed) or rows.empty:
        show(say("operations.forecasts"), everything, key="forecasts")
        return
    lessons = lesson_names()
    names = {str(row["series_id"]): series(row, lessons) for row in rows.to_dict("records")}
    ahead = rows[rows["forecast_for"].notna()]
    picked = choice(
        say("operations.series"), "series", list(dict.fromkeys(ahead["series_id"])), shown=lambda key: names[key]
    )
    if picked:
        of_one = named("forecasts", {"series": picked}, limit=MOST)
        show(
            say("operations.forecast_of", series=names[picked]),
            of_one,
            lambda table: drawn(_before(picked, table), table),
            key="forecasts",
        )
        st.caption(say("operations.forecast_help"))
    without = rows[rows["forecast_for"].isna()]
    if len(without):
        st.subheader(say("operations.no_forecast"), anchor=False)
        told = without.assign(watched=[names[one] for one in without["series_id"]])
        table_of(told, everything.columns, "no_forecast", ("watched", "reason"))
        st.caption(say("operations.no_forecast_help"))


def _before(picked: str, ahead: pd.DataFrame) -> pd.DataFrame:
    since = (ahead["forecast_for"].min() - timedelta(days=DAYS_BEFORE)).date()
    return frame(named("series", {"series": picked, "grain": "day", "start": since}, limit=MOST))


def drawn(before: pd.DataFrame, ahead: pd.DataFrame) -> Figure:
    """What was seen, then the expected value in the middle of its bands."""
    figure = Figure()
    for low, high, opacity in (("low_95", "high_95", 0.15), ("low_80", "high_80", 0.3)):
        line = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(x=ahead["forecast_for"], y=ahead[high], **line)
        fill = f"rgba(0, 114, 178, {opacity})"
        figure.add_scatter(x=ahead["forecast_for"], y=ahead[low], fill="tonexty", fillcolor=fill, **line)
    if not before.empty:
        seen = before.sort_values("started_at")
        figure.add_scatter(
            x=seen["started_at"], y=seen["value"], name=say("operations.seen"), line={"color": charts.QUIET}
        )
    figure.add_scatter(
        x=ahead["forecast_for"],
        y=ahead["mean"],
        name=say("operations.expected_value"),
        line={"color": charts.PALETTE[0], "dash": "dash"},
    )
    return charts.finished(figure, share=False, height=charts.HEIGHT, legend=True)
