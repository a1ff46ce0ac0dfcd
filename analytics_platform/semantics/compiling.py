"""MetricFlow in this process: metrics and dimensions → the SQL of the engine in use. 30 ms; none when repeated.

What was compiled once lies beside the semantic manifest (``compiled/``), so that another process needs MetricFlow,
whose import takes 1.5 s, only for what nobody has asked yet. Values never pass through its templates: it
sees a placeholder, which the caller replaces in the parsed SQL. Does not live here: what a question may ask
(``asking``), who sees what (``roles``).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from os import W_OK, access, getpid
from pathlib import Path
from threading import get_ident
from typing import Any

from analytics_platform.semantics.errors import NotReady, WrongQuestion
from analytics_platform.semantics.questions import Filter

MOST_KEPT = 2_000  # files; a question with other days is another one
PLACEHOLDER = "platform_value_"
LONGEST_WAIT = 10.0  # seconds
_LOADING = threading.Lock()
_LOCK = threading.Lock()  # MetricFlow numbers its aliases in a state that all share


@dataclass(frozen=True)
class Client:
    """What MetricFlow wants to know of a database that it never asks."""

    sql_engine_type: Any
    sql_plan_renderer: Any


def compile_metrics(
    manifest: Path,
    engine: str,
    metrics: Sequence[str],
    group_by: Sequence[str],
    where: Sequence[Filter],
    days: tuple[date, date] | None,
) -> str:
    """SQL with one column for each dimension and metric, named as asked. ``where`` has MetricFlow's names."""
    return _compile(manifest, engine, tuple(metrics), tuple(group_by), conditions(where), days)


@lru_cache(maxsize=512)
def _compile(
    manifest: Path,
    engine: str,
    metrics: tuple[str, ...],
    group_by: tuple[str, ...],
    where: tuple[str, ...],
    days: tuple[date, date] | None,
) -> str:
    """From the folder of what was compiled before; its name holds everything that the SQL depends on."""
    asked = repr((manifest.name, version("metricflow"), engine, metrics, group_by, where, days))
    kept = manifest.parent / "compiled" / f"{sha256(asked.encode()).hexdigest()[:32]}.sql"
    if kept.exists():
        return kept.read_text(encoding="utf-8")
    sql = _compile_now(manifest, engine, metrics, group_by, where, days)
    _keep(kept, sql)
    return sql


def _keep(path: Path, sql: str) -> None:
    """Where this process may write. A strange question a second must not fill the disk: now and then half goes."""
    if not access(path.parent.parent, W_OK):
        return
    path.parent.mkdir(exist_ok=True)
    if path.stem.startswith("00"):  # one in 256
        there = list(path.parent.glob("*.sql"))
        for old in there[: len(there) // 2] if len(there) > MOST_KEPT else ():
            old.unlink(missing_ok=True)
    whole = path.with_suffix(f".{getpid()}-{get_ident()}")
    whole.write_text(sql, encoding="utf-8")
    whole.replace(path)


def _compile_now(
    manifest: Path,
    engine: str,
    metrics: tuple[str, ...],
    group_by: tuple[str, ...],
    where: tuple[str, ...],
    days: tuple[date, date] | None,
) -> str:
    compiler = load_engine(manifest, engine)
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest, OutputColumnOrderMode
    from metricflow_semantics.errors.error_classes import InvalidQueryException

    first, last = (datetime.combine(day, datetime.min.time()) for day in days) if days else (None, None)
    request = MetricFlowQueryRequest.create(
        metric_names=metrics,
        group_by_names=group_by,
        where_constraints=where or None,
        time_constraint_start=first,
        time_constraint_end=last,
        output_column_order_mode=OutputColumnOrderMode.INPUT_ORDER,
    )
    with _LOCK:
        try:
            return str(compiler.explain(request).sql_statement.without_descriptions.sql)
        except InvalidQueryException as error:
            raise WrongQuestion(f"MetricFlow cannot answer it: {error}", "metrics") from None


def load_engine(manifest: Path, engine: str) -> Any:
    """MetricFlow, ready to compile for this project. One thread loads it, which takes a second of a free processor and
    minutes of a busy one: the others wait for a while, then ask their callers to come again."""
    if not _LOADING.acquire(timeout=LONGEST_WAIT):
        raise NotReady(f"Metrics are still being made ready after {LONGEST_WAIT:.0f} s: ask again in a moment.")
    try:
        return _loaded(manifest, engine)
    finally:
        _LOADING.release()


@lru_cache(maxsize=4)
def _loaded(manifest: Path, engine: str) -> Any:
    from metricflow.engine.metricflow_engine import MetricFlowEngine
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.big_query import BigQuerySqlPlanRenderer
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest.read_text("utf-8")))
    client = (
        Client(SqlEngine.BIGQUERY, BigQuerySqlPlanRenderer())
        if engine == "bigquery"
        else Client(SqlEngine.DUCKDB, DuckDbSqlPlanRenderer())
    )
    return MetricFlowEngine(lookup, client)  # type: ignore[arg-type]


def conditions(where: Sequence[Filter]) -> tuple[str, ...]:
    """Each filter as MetricFlow's condition, its values as numbered placeholders."""
    found, place = [], 0
    for one in where:
        marks = [f"'{PLACEHOLDER}{place + n}'" for n in range(len(one.values))]
        place += len(marks)
        # An entity alone is one word; a dimension has its entity in front.
        named = f"{{{{ Dimension('{one.dimension}') }}}}"
        if "__" not in one.dimension:
            named = f"{{{{ Entity('{one.dimension}') }}}}"
        found.append(condition(named, one.operator, marks))
    return tuple(found)


def condition(name: str, operator: str, marks: Sequence[str]) -> str:
    if operator in ("in", "not in"):
        return f"{name} {operator} ({', '.join(marks)})"
    if operator == "contains":
        return f"strpos(lower({name}), lower({marks[0]})) > 0"
    return f"{name} {operator} {marks[0] if marks else ''}".strip()
