"""What was found, as Markdown for people in the Dagster UI: tables and pictures. Names of people are not told.

Does not live here: finding it (``finding``, ``projecting``, ``risk/``).
"""

import json
from collections.abc import Sequence

import numpy as np

from analytics_platform.insights.drawing import SHOWN, picture
from analytics_platform.insights.finding import Found, Row
from analytics_platform.insights.forecasting.forecast import Forecast
from analytics_platform.insights.history import Line
from analytics_platform.insights.risk.backtest import Scored
from analytics_platform.insights.theming import Themed

ROWS, PICTURES = 30, 4
_ORDER = ("critical", "high", "medium", "low")


def incident_table(rows: Sequence[Row]) -> str:
    """The gravest first."""
    if not rows:
        return "no incident"
    head = "| since | series | step | severity | observed | expected | nature | made by |\n" + "| --- " * 8 + "|\n"
    ranked = sorted(rows, key=lambda row: (_ORDER.index(row["severity"]), -abs(row["z"] or 0)))[:ROWS]
    return head + "\n".join(map(_incident_row, ranked))


def _incident_row(row: Row) -> str:
    since = f"{_unbroken(row['started_at'].strftime('%d %b %Y'))} {row['started_at']:%H:%M}"
    low, high = _number(row["low"]), _number(row["high"])
    usual = f"{_number(row['expected'])} {_unbroken(f'({low} to {high})')}"
    how = _unbroken(f"{row['severity']} {row['direction']}")
    told = (since, row["series_id"], row["grain"], how, _number(row["observed"]), usual, row["nature"])
    return f"| {' | '.join(_cell(one) for one in (*told, _causes(row['explained_by'])))} |"


def incident_pictures(found: Found) -> str:
    drawn = []
    for row, line, verdicts in found.drawn[:PICTURES]:
        last = int(np.searchsorted(line.times, int(row["last_at"].timestamp()))) + 24
        part = slice(max(0, last - SHOWN), last)
        marked = np.flatnonzero(verdicts.over[part]).tolist()
        title = f"{row['series_id']} by {row['grain']}, since {row['started_at']:%Y-%m-%d %H:%M} UTC"
        drawn.append(picture(title, line.values[part], verdicts.low[part], verdicts.high[part], marked))
    return "\n\n".join(drawn) or "no incident of a whole series; those of members are in the table"


def forecast_table(found: Sequence[tuple[Line, Forecast]]) -> str:
    if not found:
        return "no series"
    head = "| series | model | MASE | in 80 % | in 7 days | in 28 days | or why not |\n" + "| --- " * 7 + "|\n"
    return head + "\n".join(_forecast_row(line, each) for line, each in found)


def _forecast_row(line: Line, each: Forecast) -> str:
    mase = f"{each.mase:.2f}" if each.mase is not None else ""
    inside = f"{each.coverage[0]:.0%}" if each.coverage else ""
    week, month = (f"{each.mean[at]:.4g}" if len(each.mean) > at else "" for at in (6, 27))
    told = (line.series_id, each.model or "", mase, inside, week, month, each.reason or "")
    return f"| {' | '.join(_cell(one) for one in told)} |"


def theme_table(found: Themed) -> str:
    """The newest week of each source."""
    newest = str(found.weeks[1].strftime("%G-W%V"))
    rows = [(source, theme) for source, themes in found.found.items() for theme in themes if theme.week == newest]
    if not rows:
        return f"no theme of enough people in {newest}"
    head = "| week | source | theme | texts | people | against the weeks before | phrases |\n" + "| --- " * 7 + "|\n"
    return head + "\n".join(
        f"| {theme.week} | {source} | {_cell(theme.name)} | {theme.texts} | {theme.people}"
        f" | {'' if theme.change is None else f'{theme.change:+.1f}'} | {_cell(', '.join(theme.phrases))} |"
        for source, theme in rows[:ROWS]
    )


def forecast_pictures(found: Sequence[tuple[Line, Forecast]]) -> str:
    drawn = []
    for line, each in [pair for pair in found if not pair[1].reason][:PICTURES]:
        past = line.values[-56:]
        unknown = np.full(len(past), np.nan)
        values = np.concatenate([past, each.mean])
        low, high = (np.concatenate([unknown, bound[0]]) for bound in (each.low, each.high))
        drawn.append(picture(f"{line.series_id}, then {len(each.mean)} days ahead", values, low, high))
    return "\n\n".join(drawn) or "no forecast"


def risk_table(found: Scored) -> str:
    """What the score was worth; nobody's name."""
    told = [f"No scores: {found.reason}."] if found.reason else []
    if found.tested:
        tested = found.tested
        told.append(f"AUC {tested.auc:.2f} on {tested.learners} learners, of whom {tested.base_rate:.0%} left.")
        rows = (f"| {each.learners} | {each.predicted:.0%} | {each.happened:.0%} |" for each in tested.calibration)
        told.append("| learners | predicted | happened |\n| ---: | ---: | ---: |\n" + "\n".join(rows))
    return "\n\n".join(told) or "no data"


def _causes(explained_by: str | None) -> str:
    """The members that made the deviation, with their shares, from the JSON that the incident keeps."""
    parts = json.loads(explained_by or "[]")
    return ", ".join(f"{one['dimension']} {one['member']} ({one['share']:.0%})" for one in parts)


def _number(value: float) -> str:
    """Four digits, and never a power of ten where the number can be read."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e12 else f"{value:.4g}"


def _unbroken(text: str) -> str:
    """With spaces at which the UI does not break the line: narrow columns are hard to read."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
