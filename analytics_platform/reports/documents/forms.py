"""The forms of a report: one HTML page with Plotly's charts inside, Markdown, and CSV of each table. Pure.

Everything from outside is escaped. The page needs nothing from elsewhere, so it can be kept or sent as one file.
"""

import csv
import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analytics_platform.reports.documents.document import Document, Table, Value, change, shown
from analytics_platform.reports.markdown import escape, inline
from analytics_platform.reports.sheet import defuse

_COLOURS = ("#2b6cb0", "#2f855a", "#d69e2e", "#9f7aea", "#c53030", "#319795")
_WIDTH, _HEIGHT = 680, 250  # fits an A4 page, where nothing can be made narrower any more


@lru_cache(maxsize=2)
def _environment(autoescape: bool) -> Environment:
    made = Environment(
        loader=PackageLoader("analytics_platform.reports.documents"),
        autoescape=autoescape,  # noqa: S701 (Markdown escapes each value by its own rules: the filter md)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"shown": shown, "change": change, "md": escape, "inline": inline}
    return made


def html(document: Document) -> str:
    from plotly.offline import get_plotlyjs

    charts = {table.name: Markup(_chart(table)) for table in document.tables if table.chart and table.rows}  # noqa: S704
    page = _environment(True).get_template("report.html.j2")
    return page.render(document=document, charts=charts, plotly=Markup(get_plotlyjs()))  # noqa: S704


def markdown(document: Document) -> str:
    return _environment(False).get_template("report.md.j2").render(document=document).strip() + "\n"


def index(kinds: list[tuple[str, list[Mapping[str, Any]]]]) -> str:
    return _environment(True).get_template("index.html.j2").render(kinds=kinds)


def sheet(table: Table) -> str:
    """One table as a spreadsheet takes it: plain numbers, shares from 0 to 1, nothing where there is no data."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return "\ufeff" + out.getvalue()


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else defuse(value) if isinstance(value, str) else str(value)


def _chart(table: Table) -> str:
    """Lines or bars over the first column, one for each column of numbers. Its id is its name: the same bytes again."""
    from plotly.graph_objects import Bar, Figure, Scatter

    names = [str(row[0]) for row in table.rows]
    figure = Figure()
    series = [(place, column) for place, column in enumerate(table.columns) if column.unit not in ("text", "day")]
    for colour, (place, column) in zip(_COLOURS, series, strict=False):
        values = [row[place] for row in table.rows]
        if table.chart == "bar":
            figure.add_trace(Bar(x=names, y=values, name=column.label, marker_color=colour))
        else:
            line = {"color": colour, "width": 2}
            figure.add_trace(Scatter(x=names, y=values, name=column.label, mode="lines+markers", line=line))
    axis = {"gridcolor": "#e4e7eb", "rangemode": "tozero"}
    figure.update_layout(
        template="none",
        width=_WIDTH,
        height=_HEIGHT,
        margin={"l": 48, "r": 12, "t": 12, "b": 44},
        font={"family": "system-ui, sans-serif", "size": 12, "color": "#1f2933"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        yaxis=axis,
        xaxis={"type": "category", "nticks": 10},
    )
    return str(
        figure.to_html(
            full_html=False, include_plotlyjs=False, div_id=f"chart-{table.name}", config={"displayModeBar": False}
        )
    )
