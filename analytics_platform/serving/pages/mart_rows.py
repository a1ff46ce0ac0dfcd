"""Rows of a mart as one SELECT: columns, conditions and an order, written as a tree, so that no value can be SQL.

Does not live here: who may see which rows (``semantics.guard``), the widgets (``views.explorer``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlglot import exp

NUMBERS, TIMES = frozenset({"integer", "number", "money"}), frozenset({"date", "timestamp"})
Bound = float | date | None


@dataclass(frozen=True)
class Condition:
    """What a column must be: contain a text, lie between two bounds (both included), or be true or false."""

    column: str
    contains: str = ""
    low: Bound = None
    high: Bound = None
    is_true: bool | None = None


def select(
    mart: str, columns: Sequence[str], conditions: Sequence[Condition], order: str | None, down: bool, dialect: str
) -> str:
    """The SQL of the rows; NULL comes last in either order."""
    tree = exp.select(*(_column(name) for name in columns)).from_(exp.to_table(mart))
    for condition in conditions:
        for part in _parts(condition):
            tree = tree.where(part)
    if order:
        tree = tree.order_by(exp.Ordered(this=_column(order), desc=down, nulls_first=False))
    return tree.sql(dialect=dialect)


def _parts(condition: Condition) -> list[exp.Expression]:
    column = _column(condition.column)
    parts: list[exp.Expression] = []
    if condition.contains:
        text = exp.Lower(this=exp.cast(column, "text"))
        found = exp.StrPosition(this=text, substr=exp.Literal.string(condition.contains.lower()))
        parts.append(exp.GT(this=found, expression=exp.Literal.number(0)))
    if condition.low is not None:
        parts.append(exp.GTE(this=column, expression=_value(condition.low)))
    if isinstance(condition.high, date):  # a moment within the last day counts
        parts.append(exp.LT(this=column, expression=_value(condition.high + timedelta(days=1))))
    elif condition.high is not None:
        parts.append(exp.LTE(this=column, expression=_value(condition.high)))
    if condition.is_true is not None:
        parts.append(exp.Is(this=column, expression=exp.Boolean(this=condition.is_true)))
    return parts


def _column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def _value(bound: float | date) -> exp.Expression:
    if isinstance(bound, date):
        return exp.cast(exp.Literal.string(bound.isoformat()), "date")
    return exp.Literal.number(bound)
