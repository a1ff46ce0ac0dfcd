"""Named queries: what is no metric (curves, lists, timelines), as SQL over marts in ``queries/*.yml``.

Each declares its parameters and the meaning of its columns; a column that it does not describe has the meaning of the
mart's column of that name. ``shows`` says what a row is: ``people`` (no viewer sees it), ``groups`` (a viewer sees rows
whose column ``people`` counts enough of them), or ``organisation`` (nobody in particular). The SQL is DuckDB's;
BigQuery gets it translated (a test runs each on both). ``$name`` stands for a parameter.

``suppression`` hides cells from viewers by these keys: ``cells`` and ``within`` are the key of a row; ``slices`` are
parameters that change the number in a row instead of selecting rows, each with the columns that it compares (none where
the query cannot be split by it); ``counts`` are columns that count people, each with the columns that would give the
count away; ``hidden`` is a condition on rows that viewers do not see. ``newest_first`` is explained in ``newest``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml

from analytics_platform.semantics.answer import Definition
from analytics_platform.semantics.errors import WrongQuestion, unknown
from analytics_platform.semantics.questions import Value
from analytics_platform.semantics.suppression import Cells
from analytics_platform.semantics.viewers import FEWEST_PEOPLE
from analytics_platform.warehouse.lineage import Mart

QUERIES = Path(__file__).parent / "queries"


class Place(str):
    """Stands for a text that is written into the SQL later (``shapes``)."""


@dataclass(frozen=True)
class Parameter:
    """``kind`` is text, integer, number, boolean or date. A parameter without a value and default is NULL."""

    name: str
    kind: str
    description: str
    default: Value = None
    is_required: bool = False

    @property
    def is_condition(self) -> bool:
        """Whether the query also answers without it, about more. Days are not: nothing adds up over time."""
        return not self.is_required and self.default is None and self.kind != "date"

    def read(self, value: Value) -> Value:
        """The value in the parameter's type; text is read, as URLs and the command line give it."""
        if value is None or value == "":
            return None
        try:
            return _READERS[self.kind](value)
        except (ValueError, TypeError):
            raise WrongQuestion(f"{self.name} is {value!r} and must be a {self.kind}.", self.name) from None


def _boolean(value: Value) -> bool:
    found = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(str(value).lower())
    if found is None:
        raise ValueError
    return found


def _number(value: Any) -> float:
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError
    return number


def _date(value: Value) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _integer(value: Any) -> int:
    number = int(value)
    if abs(number) >= 1 << 63:
        raise ValueError
    return number


_READERS: dict[str, Callable[[Any], Value]] = {
    "text": lambda value: value if isinstance(value, Place) else str(value),
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}


@dataclass(frozen=True)
class NamedQuery:
    """One named query. ``fewest`` is how many people a row needs to be shown to a viewer."""

    definition: Definition
    sql: str
    marts: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[Definition, ...]
    shows: Literal["people", "groups", "organisation"]
    people: str
    fewest: int
    order: tuple[str, ...]
    cells: Cells
    slices: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, tuple[str, ...]]
    hidden: str
    newest_first: bool

    @property
    def name(self) -> str:
        return self.definition.name

    def values(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Every parameter with its value."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise unknown(f"parameter of {self.name}", name, known, name)
        read = {name: known[name].read(value) for name, value in given.items()}
        values = {p.name: p.default if read.get(p.name) is None else read[p.name] for p in self.parameters}
        missing = [p.name for p in self.parameters if p.is_required and values[p.name] is None]
        if missing:
            raise WrongQuestion(f"{self.name} needs {missing[0]}: {known[missing[0]].description}", missing[0])
        return values


def load_named(marts: Mapping[str, Mart]) -> list[NamedQuery]:
    """Every named query, sorted by name. ``marts`` lend their columns' meanings."""
    nodes = [node for file in sorted(QUERIES.glob("*.yml")) for node in yaml.safe_load(file.read_text("utf-8"))]
    return sorted((_query(node, marts) for node in nodes), key=lambda query: query.name)


def numbered_sql(name: str, *parameters: str) -> str:
    """A named query's SQL for a reader that takes values by their place: $1 is the first of the parameters."""
    named = next(query for query in load_named({}) if query.name == name)
    places = {parameter: f"${number}" for number, parameter in enumerate(parameters, 1)}
    return re.sub(r"\$(\w+)", lambda found: places[found[1]], named.sql)


def _query(node: Mapping[str, Any], marts: Mapping[str, Mart]) -> NamedQuery:
    meanings = {
        name: text for mart in node["marts"] if mart in marts for name, _, text in marts[mart].columns
    } | node.get("columns", {})
    return NamedQuery(
        definition=Definition(
            name=node["name"],
            label=node["label"],
            description=node["description"].strip(),
            denominator=node.get("denominator", ""),
            owner=node.get("owner", "team:data-engineering"),
        ),
        sql=node["sql"].strip(),
        marts=tuple(node["marts"]),
        parameters=tuple(
            Parameter(p["name"], p["kind"], p["description"], p.get("default"), p.get("required", False))
            for p in node.get("parameters", ())
        ),
        columns=tuple(Definition(name, name.replace("_", " "), text) for name, text in meanings.items()),
        shows=node["shows"],
        people=node["people"] if node["shows"] == "groups" else "",
        fewest=node.get("fewest", FEWEST_PEOPLE),
        order=tuple(node.get("order", ())),
        cells=Cells(tuple(node.get("cells", ())), tuple(node.get("within", ()))),
        slices={name: tuple(columns) for name, columns in node.get("slices", {}).items()},
        counts={name: tuple(columns) for name, columns in node.get("counts", {}).items()},
        hidden=node.get("hidden", ""),
        newest_first=node.get("newest_first", False),
    )
