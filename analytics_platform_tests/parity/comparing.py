"""Two warehouses compared: every model that people read, its columns' types, and its rows. Pure, but for what is read.

Nothing is listed by hand: the models come from dbt's manifest, the types from their yml through the contracts' map.
Floats may differ in the last bits, where sums are added in another order (``FLOAT_TOLERANCE``, relative); nothing else
may differ in anything.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analytics_platform.contracts import TYPES

FLOAT_TOLERANCE = 1e-12
SHOWN = 3
# Steps on the way: their keys are each engine's own hash (macro fingerprint), and nobody reads them.
STEPS = ("staging", "intermediate")
_DUCKDB, _BIGQUERY = 0, 1


@dataclass(frozen=True)
class Relation:
    """What one engine built of a model: columns with the engine's type, and rows."""

    types: dict[str, str]
    rows: list[tuple[Any, ...]]


Read = Callable[[Mapping[str, Any]], Relation]


def models(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The models that are built and read, by name."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    read = [n for n in nodes if n["fqn"][1] not in STEPS and n["config"]["materialized"] != "ephemeral"]
    return sorted(read, key=lambda node: str(node["name"]))


def differences(manifest: Mapping[str, Any], duckdb: Read, bigquery: Read) -> list[str]:
    """One line for each model, column or row in which the engines part; none when they say the same."""
    return [
        f"{node['name']}: {line}"
        for node in models(manifest)
        for line in _of_model(_promised(node), duckdb(node), bigquery(node))
    ]


def _promised(node: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {column["name"]: TYPES[column["data_type"]] for column in node["columns"].values()}


def _of_model(promised: dict[str, tuple[str, str]], duckdb: Relation, bigquery: Relation) -> Iterator[str]:
    for engine, relation, which in (("DuckDB", duckdb, _DUCKDB), ("BigQuery", bigquery, _BIGQUERY)):
        for column in {**promised, **relation.types}:
            wanted = promised[column][which] if column in promised else "no column"
            found = relation.types.get(column, "absent")
            if found.replace(" ", "") != wanted.replace(" ", ""):
                yield f"column {column} is {found} on {engine}, its yml says {wanted}"
    if list(duckdb.types) != list(bigquery.types):
        yield f"columns are {', '.join(duckdb.types)} on DuckDB and {', '.join(bigquery.types)} on BigQuery"
        return
    columns = list(duckdb.types)
    left, right = (sorted(relation.rows, key=_order) for relation in (duckdb, bigquery))
    if len(left) != len(right):
        yield f"{len(left)} rows on DuckDB, {len(right)} on BigQuery"
        yield from _only("DuckDB", columns, left, right)
        yield from _only("BigQuery", columns, right, left)
        return
    parted = [(one, other) for one, other in zip(left, right, strict=True) if not _same(one, other)]
    for one, other in parted[:SHOWN]:
        cells = (
            f"{column} is {a!r} on DuckDB and {b!r} on BigQuery"
            for column, a, b in zip(columns, one, other, strict=True)
            if not _same_cell(a, b)
        )
        yield f"row {one[0]!r}: {'; '.join(cells)}"
    if len(parted) > SHOWN:
        yield f"… and {len(parted) - SHOWN} more of {len(left)} rows"


def _only(engine: str, columns: list[str], rows: list[tuple[Any, ...]], others: list[tuple[Any, ...]]) -> Iterator[str]:
    known = {repr(_rounded(row)) for row in others}
    alone = [row for row in rows if repr(_rounded(row)) not in known]
    for row in alone[:SHOWN]:
        yield f"only on {engine}: {dict(zip(columns, row, strict=True))}"


def _rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(float(f"{value:.11g}") if isinstance(value, float) else value for value in row)


def _order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Rows in an order that a float's last bits do not change."""
    return tuple((value is not None, repr(value)) for value in _rounded(row))


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return all(_same_cell(a, b) for a, b in zip(one, other, strict=True))


def _same_cell(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=FLOAT_TOLERANCE, abs_tol=0) or (math.isnan(a) and math.isnan(b))
    return type(a) is type(b) and a == b
