"""What a report is made of, before it has a form: figures, tables, charts over tables, recommendations. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast, get_args

from analytics_platform.reports.documents.periods import Period

Kind = Literal["executive", "technical", "learning", "conversations"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TITLES: dict[Kind, str] = {
    "executive": "Executive report",
    "technical": "Technical report",
    "learning": "Learner behaviour",
    "conversations": "Conversations",
}
Unit = Literal["text", "day", "count", "share", "score", "ms", "seconds", "minutes", "hours", "money", "number"]
Number = int | float
Value = Number | str | date | None
NO_DATA = "no data"


@dataclass(frozen=True)
class Figure:
    """One number, what it is a share of, and the same number of the period before. None is no data, with ``why``."""

    name: str
    value: Number | None
    unit: Unit = "count"
    of: str = ""
    before: Number | None = None
    why: str = ""


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    unit: Unit = "text"


@dataclass(frozen=True)
class Table:
    """Rows under columns; ``name`` is the name of its CSV file. Drawn as a chart when it says how."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    chart: Literal["", "line", "bar"] = ""


@dataclass(frozen=True)
class Section:
    """``missing`` says why there is nothing to show."""

    title: str
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Advice:
    """A recommendation: the rule, the numbers that fired it, and what to do."""

    rule: str
    fired: str
    action: str


@dataclass(frozen=True)
class Document:
    kind: str
    title: str
    period: Period
    data_until: str | None
    warnings: tuple[str, ...]  # about the data itself, shown first
    advice: tuple[Advice, ...]
    rules_checked: int
    sections: tuple[Section, ...]

    @property
    def tables(self) -> list[Table]:
        return [table for section in self.sections for table in section.tables]


def shown(value: Value, unit: Unit) -> str:
    """A value as people read it; no data is said, and no zero is made of it."""
    if value is None:
        return NO_DATA
    if isinstance(value, str | date):
        return str(value)
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit == "count":
        return f"{round(value):,}"
    if unit == "ms":
        return f"{value:,.0f} ms"
    if unit == "seconds":
        return f"{value:,.1f} s"
    if unit == "hours":
        return f"{value:,.1f} h"
    if unit == "minutes":
        return f"{value:,.1f} min"
    if unit == "money":  # a message costs a hundredth of a cent, a month thousands
        return f"{value:,.2f}" if abs(value) >= 1 else f"{value:,.4f}"
    return f"{value:,.1f}"


def change(figure: Figure) -> str:
    """Against the period before, in words; '' where there is nothing to compare with."""
    if figure.value is None or figure.before is None:
        return ""
    more = figure.value - figure.before
    if figure.unit == "share":
        return f"{_sign(more)}{100 * abs(more):.1f} points, before {shown(figure.before, 'share')}"
    percent = 100 * abs(more / figure.before) if figure.before else 0
    relative = f" ({_sign(more)}{percent:.0f} %)" if percent >= 0.5 else ""  # "-0 %" says nothing
    sign = _sign(more)
    return f"{sign}{shown(abs(more), figure.unit)}{relative}, before {shown(figure.before, figure.unit)}"


def _sign(more: Number) -> str:
    return "+" if more > 0 else "−" if more < 0 else "±"


def share(part: Number | None, whole: Number | None) -> float | None:
    """None without a denominator."""
    return part / whole if part is not None and whole else None


def table(
    name: str,
    title: str,
    columns: Sequence[tuple[str, str, str]],
    rows: Sequence[Mapping[str, Any]],
    note: str = "",
    chart: Literal["", "line", "bar"] = "",
) -> Table:
    """A table out of rows that are dicts; each column is its name, its label and its unit."""
    made = tuple(Column(column, label, cast(Unit, unit)) for column, label, unit in columns)
    values = tuple(tuple(row[column.name] for column in made) for row in rows)
    return Table(name, title, made, values, note, chart)
