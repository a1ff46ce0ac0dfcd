"""What can be asked: metrics by dimensions, or a named query with its parameters. Pure.

Does not live here: what the names mean (``registry``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from analytics_platform.semantics.errors import WrongQuestion

Value = str | int | float | bool | date | None
Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in", "not in", "contains", "is null", "is not null")


@dataclass(frozen=True)
class Filter:
    """One condition on a dimension; several hold together."""

    dimension: str
    operator: str = "="
    values: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise WrongQuestion(f"{self.operator!r} is no operator. There are: {', '.join(OPERATORS)}.", "where")
        wanted = {"in": None, "not in": None, "is null": 0, "is not null": 0}.get(self.operator, 1)
        if (wanted is None and not self.values) or (wanted is not None and len(self.values) != wanted):
            raise WrongQuestion(f"{self.dimension} {self.operator}: {wanted or 'some'} value(s) needed.", "where")

    @classmethod
    def parse(cls, text: str) -> "Filter":
        """``cohort=North / Harbour``, ``lesson_number!=3``, ``position>=2``; ``a|b`` after = means one of them."""
        for operator in ("!=", "<=", ">=", "=", "<", ">", "~"):
            name, found, value = text.partition(operator)
            if found:
                several = tuple(value.split("|")) if operator in ("=", "!=") else (value,)
                if len(several) > 1:
                    return cls(name.strip(), "in" if operator == "=" else "not in", several)
                return cls(name.strip(), "contains" if operator == "~" else operator, several)
        raise WrongQuestion(f"{text!r} is no condition; write it as cohort=NAME or position>=2.", "where")


@dataclass(frozen=True)
class Query:
    """Metrics by dimensions. ``grain`` puts them on a time axis; ``start`` and ``end`` are local days, both inside.

    ``order`` names columns of the answer, with - in front for the largest first.
    """

    metrics: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    grain: Grain | None = None
    start: date | None = None
    end: date | None = None
    order: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True)
class Named:
    """A named query. Parameters that are left out have their defaults.

    ``count`` is a column: how many values it has, in all or for each value of the column ``by``.
    """

    name: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0
    count: str = ""
    by: str = ""
