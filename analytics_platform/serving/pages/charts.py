"""The visual language: a few kinds of chart, one palette, the same cohort in the same colour everywhere.

The palette is Okabe and Ito's, which people with any kind of colour blindness can tell apart; lines differ in their
dash as well, so that colour is never the only sign. Does not live here: what is drawn.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.graph_objects import Figure

__all__ = [
    "BAD",
    "GOOD",
    "NEUTRAL",
    "PALETTE",
    "QUIET",
    "WARN",
    "Figure",
    "bars",
    "colour_of",
    "colours_of",
    "finished",
    "heat",
    "lines",
    "lines_by",
]

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C00", "#7A7A7A")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "solid", "dash")
GOOD, WARN, BAD, QUIET = "#009E73", "#E69F00", "#D55E00", "#7A7A7A"
NEUTRAL = "#8A96A3"  # what is only there to be compared with
HEIGHT, FEW, LAST = 320, 10, 1_000_000
INK = "#111111"  # on green, orange and grey; 5 : 1 and more
LONGEST_LABEL = 34  # letters of a name beside a bar; a phone has room for the bar then


def colour_of(name: str, names: Sequence[str]) -> str:
    """A name's colour is its place among all names that there are, in alphabetical order."""
    return PALETTE[sorted(names).index(name) % len(PALETTE)] if name in names else QUIET


def place_of(number: object) -> tuple[int, str]:
    """The place of a lesson's number: 2 before 10, 0a before 0b; what has none comes last."""
    found = re.match(r"\d+", str(number))
    return (int(found[0]) if found else LAST, str(number))


def colours_of(values: Iterable[object], names: Sequence[str]) -> list[str]:
    """The colour of each bar, by its name."""
    return [colour_of(str(value), names) for value in values]


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
    figure = finished(figure, share, height, legend=len(ys) > 1)
    most = max((float(frame[column].max()) for column in ys), default=0.0)
    if points and not share and most <= FEW:  # half a viewer is nobody
        figure.update_yaxes(dtick=1)
    return figure


def lines_by(
    frame: pd.DataFrame,
    x: str,
    y: str,
    by: str,
    names: Sequence[str],
    share: bool = False,
    height: int = HEIGHT,
    colours: Mapping[str, str] | None = None,
) -> go.Figure:
    """One line for each member of a dimension; ``colours`` where members have a meaning of their own."""
    figure = go.Figure()
    ordered = sorted(names)
    for member, rows in frame.groupby(by, sort=True):
        place = ordered.index(str(member)) if str(member) in ordered else len(ordered)
        figure.add_scatter(
            x=rows[x],
            y=rows[y],
            name=str(member),
            mode="lines+markers" if len(rows) <= 40 else "lines",
            line={
                "color": (colours or {}).get(str(member)) or colour_of(str(member), ordered),
                "dash": DASHES[place % len(DASHES)],
                "width": 2,
            },
        )
    return finished(figure, share, height, legend=True)


def bars(
    frame: pd.DataFrame,
    x: str,
    y: str,
    share: bool = False,
    across: bool = False,
    colour: str | Sequence[str] = PALETTE[0],
    height: int = HEIGHT,
    text: str | None = None,
) -> go.Figure:
    """Bars; ``across`` lays them, for long names."""
    labels = frame[text] if text else None
    if across:
        figure = go.Figure(
            go.Bar(
                x=frame[y],
                y=_short(frame[x]),
                orientation="h",
                marker_color=colour,
                text=labels,
                hovertext=frame[x].astype(str),
                hoverinfo="text+x",
            )
        )
        figure.update_yaxes(autorange="reversed")
        height = max(160, 44 + 30 * len(frame))
    else:
        figure = go.Figure(go.Bar(x=frame[x], y=frame[y], marker_color=colour, text=labels))
    return finished(figure, share, height, legend=False, across=across)


def stacked(
    frame: pd.DataFrame,
    x: str,
    parts: Mapping[str, tuple[str, str]],
    height: int = HEIGHT,
    across: bool = False,
    written: bool = False,
) -> go.Figure:
    """Bars of parts: column → (name, colour). ``across`` lays them; ``written`` numbers stand in them."""
    figure = go.Figure()
    for column, (name, colour) in parts.items():
        look: dict[str, Any] = {"name": name, "marker_color": colour}
        if written:
            texts = frame[column].map(lambda count: f"{count:,}" if count else "")
            look |= {"text": texts, "textangle": 0, "textposition": "inside", "insidetextanchor": "middle",
                     "insidetextfont": {"color": INK}}  # fmt: skip
        if across:
            figure.add_bar(x=frame[column], y=_short(frame[x]), orientation="h", **look)
        else:
            figure.add_bar(x=frame[x], y=frame[column], **look)
    figure.update_layout(barmode="stack")
    if across:
        figure.update_yaxes(autorange="reversed")
        height = max(160, 64 + 30 * frame[x].nunique())
    return finished(figure, False, height, legend=True, across=across)


def heat(frame: pd.DataFrame, x: str, y: str, value: str, title: str = "", height: int = HEIGHT) -> go.Figure:
    """Shares as a table in colours from 0 to 100 %, with the numbers written in it. Rows without any are left out."""
    table = frame.pivot(index=y, columns=x, values=value).dropna(how="all").dropna(how="all", axis="columns")
    figure = go.Figure(
        go.Heatmap(
            z=table.to_numpy(dtype=float, na_value=float("nan")),
            x=[str(v) for v in table.columns],
            y=[str(v) for v in table.index],
            text=table.map(lambda v: "" if pd.isna(v) else f"{v:.0%}").to_numpy(),
            texttemplate="%{text}",
            colorscale="Blues",
            zmin=0,
            zmax=1,
            xgap=2,
            ygap=2,
            showscale=False,
        )
    )
    finished(figure, False, max(height, 60 + 28 * len(table)), legend=False)
    figure.update_xaxes(type="category", title=title or None)  # else a day's name is read as a date, and moved
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return figure


def mark_range(figure: go.Figure, first: float, last: float, label: str) -> None:
    """Shade a stretch of the x axis and name it."""
    figure.add_vrect(x0=first, x1=last, fillcolor=BAD, opacity=0.18, line_width=0)
    figure.add_annotation(x=last, y=0.98, yref="paper", text=label, showarrow=False, xanchor="left", yanchor="top")


def _short(names: pd.Series) -> pd.Series:
    """Labels cut so that a phone has room for bars, and told apart where the cut makes two alike."""
    cut = names.astype(str).map(lambda name: name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…")
    again = cut.groupby(cut).cumcount()
    return cut.where((again == 0) | (names.astype(str) == cut), cut + again.map(lambda number: "\u200b" * number))


def finished(figure: go.Figure, share: bool, height: int, legend: bool, across: bool = False) -> go.Figure:
    """The common look: axes, margins, legend."""
    axis: dict[str, Any] = {"rangemode": "tozero", "title": None, "tickformat": ".0%" if share else ","}
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        hovermode="closest" if across else "x unified",
        separators=".,",
    )
    (figure.update_xaxes if across else figure.update_yaxes)(**axis)
    return figure
