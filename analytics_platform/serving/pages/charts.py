"""The visual language: a few kinds of chart, one palette, the same cohort in the same colour everywhere.

The palette is Okabe and Ito's, which people with any kind of colour blindness can tell apart; lines differ in their
dash as well, so that colour is never the only sign. Does not live here: what is drawn.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.graph_objects import Figure

__all__ = ["BAD", "GOOD", "PALETTE", "QUIET", "WARN", "Figure", "bars", "colour_of", "heat", "lines", "lines_by"]

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C00", "#7A7A7A")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
GOOD, WARN, BAD, QUIET = "#009E73", "#E69F00", "#D55E00", "#7A7A7A"
HEIGHT = 320


def colour_of(name: str, names: Sequence[str]) -> str:
    """A name's colour is its place among all names that there are, in alphabetical order."""
    return PALETTE[sorted(names).index(name) % len(PALETTE)] if name in names else QUIET


def lines(
    frame: pd.DataFrame,
    x: str,
    ys: Mapping[str, str],
    share: bool = False,
    height: int = HEIGHT,
    points: bool = False,
) -> go.Figure:
    """One line for each column of ``ys`` (column → its name); ``points`` where most moments have no row."""
    figure = go.Figure()
    for number, (column, name) in enumerate(ys.items()):
        figure.add_scatter(
            x=frame[x],
            y=frame[column],
            name=name,
            mode="markers" if points else "lines" if len(frame) > 40 else "lines+markers",
            line={"color": PALETTE[number % len(PALETTE)], "dash": DASHES[number % len(DASHES)], "width": 2},
            connectgaps=False,
        )
    return _finished(figure, share, height, legend=len(ys) > 1)


def lines_by(
    frame: pd.DataFrame, x: str, y: str, by: str, names: Sequence[str], share: bool = False, height: int = HEIGHT
) -> go.Figure:
    """One line for each member of a dimension."""
    figure = go.Figure()
    ordered = sorted(names)
    for member, rows in frame.groupby(by, sort=True):
        place = ordered.index(str(member)) if str(member) in ordered else len(ordered)
        figure.add_scatter(
            x=rows[x],
            y=rows[y],
            name=str(member),
            mode="lines+markers" if len(rows) <= 40 else "lines",
            line={"color": colour_of(str(member), ordered), "dash": DASHES[place % len(DASHES)], "width": 2},
        )
    return _finished(figure, share, height, legend=True)


def bars(
    frame: pd.DataFrame,
    x: str,
    y: str,
    share: bool = False,
    across: bool = False,
    colour: str = PALETTE[0],
    height: int = HEIGHT,
    text: str | None = None,
) -> go.Figure:
    """Bars; ``across`` lays them, for long names."""
    labels = frame[text] if text else None
    if across:
        figure = go.Figure(
            go.Bar(x=frame[y], y=frame[x].astype(str), orientation="h", marker_color=colour, text=labels)
        )
        figure.update_yaxes(autorange="reversed")
        height = max(160, 44 + 30 * len(frame))
    else:
        figure = go.Figure(go.Bar(x=frame[x], y=frame[y], marker_color=colour, text=labels))
    return _finished(figure, share, height, legend=False, across=across)


def stacked(
    frame: pd.DataFrame,
    x: str,
    parts: Mapping[str, tuple[str, str]],
    height: int = HEIGHT,
    across: bool = False,
) -> go.Figure:
    """Bars of parts: column → (name, colour). ``across`` lays them, for long names."""
    figure = go.Figure()
    for column, (name, colour) in parts.items():
        if across:
            figure.add_bar(x=frame[column], y=frame[x].astype(str), orientation="h", name=name, marker_color=colour)
        else:
            figure.add_bar(x=frame[x], y=frame[column], name=name, marker_color=colour)
    figure.update_layout(barmode="stack")
    if across:
        figure.update_yaxes(autorange="reversed")
        height = max(160, 64 + 30 * frame[x].nunique())
    return _finished(figure, False, height, legend=True, across=across)


def heat(frame: pd.DataFrame, x: str, y: str, value: str, share: bool = True, height: int = HEIGHT) -> go.Figure:
    """A table in colours, with the numbers written in it."""
    table = frame.pivot(index=y, columns=x, values=value)
    shown = table.map(lambda v: "" if pd.isna(v) else (f"{v:.0%}" if share else f"{v:,.0f}"))
    figure = go.Figure(
        go.Heatmap(
            z=table.to_numpy(dtype=float, na_value=float("nan")),
            x=[str(v) for v in table.columns],
            y=[str(v) for v in table.index],
            text=shown.to_numpy(),
            texttemplate="%{text}",
            colorscale="Blues",
            showscale=False,
        )
    )
    figure.update_yaxes(autorange="reversed")
    return _finished(figure, False, max(height, 60 + 28 * len(table)), legend=False)


def mark_range(figure: go.Figure, first: float, last: float, label: str) -> None:
    """Shade a stretch of the x axis and name it."""
    figure.add_vrect(x0=first, x1=last, fillcolor=BAD, opacity=0.18, line_width=0)
    figure.add_annotation(x=last, y=0.98, yref="paper", text=label, showarrow=False, xanchor="left", yanchor="top")


def _finished(figure: go.Figure, share: bool, height: int, legend: bool, across: bool = False) -> go.Figure:
    axis: dict[str, Any] = {"rangemode": "tozero", "title": None}
    if share:
        axis["tickformat"] = ".0%"
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="closest" if across else "x unified",
        separators=".,",
    )
    (figure.update_xaxes if across else figure.update_yaxes)(**axis)
    return figure
