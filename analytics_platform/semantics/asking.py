"""The one function that answers a question: metrics or a named query, as this viewer may see it, with what it rests on.

Does not live here: what the names mean (``registry``), MetricFlow (``compiling``), who sees what (``roles``).
"""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from typing import Any

from sqlglot import exp, parse_one

from analytics_platform.semantics.answer import Answer, Definition, described, quality_of, whole_numbers
from analytics_platform.semantics.compiling import PLACEHOLDER, compile_metrics, condition
from analytics_platform.semantics.errors import NoData, NotAllowed, WrongQuestion, unknown
from analytics_platform.semantics.kept import KEPT
from analytics_platform.semantics.metrics import TIME, Dimension, Metric, resolve
from analytics_platform.semantics.named import NamedQuery
from analytics_platform.semantics.named_sql import filled, literal, suppressed
from analytics_platform.semantics.newest import tried
from analytics_platform.semantics.questions import Filter, Named, Query, Value
from analytics_platform.semantics.registry import Registry, registry
from analytics_platform.semantics.roles import restrict
from analytics_platform.semantics.shapes import shaped, written
from analytics_platform.semantics.suppression import ANSWER, Cells, Members, enough, joined, judged, of_answer, subquery
from analytics_platform.semantics.viewers import FEWEST_PEOPLE, LOCAL, Viewer
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import OpenReader
from analytics_platform.warehouse.publishing import Snapshot

EARLIEST, LATEST = date(2000, 1, 1), date(2040, 12, 31)  # MetricFlow knows no time beyond
MOST_METRICS, MOST_DIMENSIONS, MOST_FILTERS, MOST_VALUES = 20, 8, 20, 1000


def query(
    settings: Settings, question: Query | Named, viewer: Viewer = LOCAL, reader: OpenReader | None = None
) -> Answer:
    """Rows and what they rest on. ``reader`` is one that the caller keeps open; without it one is opened."""
    known = registry(settings)
    with nullcontext(reader) if reader else open_warehouse(settings).reader() as open_reader:
        version, now = open_reader.snapshot.version, datetime.now(UTC)
        place = (settings.home, settings.warehouse, settings.reader_max_rows)
        for asked in tried(known, question, open_reader.snapshot):
            # repr: the parameters of a named query are a mapping, which is no key.
            shape, texts = shaped(known.named_query(asked.name), asked) if isinstance(asked, Named) else (asked, ())
            key = (known.semantic_manifest, known.engine, viewer, version, repr(shape))
            sql, definitions, columns, notes = _composed(_Asked(key, (known, shape, viewer, open_reader.snapshot)))
            sql = written(sql, texts, known.engine)
            table = whole_numbers(KEPT.answer(place, version, sql, partial(open_reader.query, sql)))
            if table.num_rows == question.limit:
                break
        return Answer(
            table=table,
            sql=sql,
            definitions=definitions,
            columns=described(table, columns),
            snapshot=open_reader.snapshot,
            quality=quality_of(open_reader.snapshot, now),
            notes=notes,
            asked_at=now,
        )


def composed(known: Registry, question: Query | Named, viewer: Viewer, snapshot: Snapshot) -> "Composed":
    """The SQL of a question as this viewer may ask it, and what its columns mean. Asks no database."""
    if isinstance(question, Query):
        tree, definitions, columns, notes = _metrics(known, question, viewer, snapshot)
    else:
        tree, definitions, columns, notes = _named(known, question, viewer, snapshot)
    return tree.sql(dialect=known.engine, pretty=True), definitions, columns, notes


@dataclass(frozen=True)
class _Asked:
    """A question and everything that its SQL depends on, told apart by ``key``."""

    key: tuple[object, ...]
    parts: tuple[Registry, Query | Named, Viewer, Snapshot] = field(compare=False)


@lru_cache(maxsize=512)
def _composed(asked: _Asked) -> "Composed":
    """A viewer's SQL takes longer to write than to run: the same question is written once."""
    return composed(*asked.parts)


Composed = tuple[str, tuple[Definition, ...], tuple[Definition, ...], tuple[str, ...]]
Plan = tuple[exp.Expr, tuple[Definition, ...], tuple[Definition, ...], tuple[str, ...]]


def _metrics(known: Registry, question: Query, viewer: Viewer, snapshot: Snapshot) -> Plan:
    _within("metrics", question.metrics, MOST_METRICS)
    if not question.metrics:
        raise WrongQuestion("Name at least one metric.", "metrics")
    metrics = [known.metric(name) for name in dict.fromkeys(question.metrics)]
    _present([mart for metric in metrics for mart in metric.marts], snapshot)
    _within("group_by", question.group_by, MOST_DIMENSIONS)
    asked = list(dict.fromkeys([*([question.grain] if question.grain else []), *question.group_by]))
    dimensions = {name: resolve(metrics, name, "group_by") for name in asked}
    where = _filters(metrics, question.where)
    used = [*dimensions.values(), *(resolve(metrics, f.dimension, "where") for f in question.where)]
    _allowed(metrics, used, viewer)
    guards = [] if viewer.sees_people else sorted({guard for metric in metrics for guard in metric.guards})

    def compiled(measured: Sequence[str], by: Sequence[Dimension], conditions: Sequence[Filter]) -> exp.Expr:
        sql = compile_metrics(
            known.semantic_manifest,
            known.engine,
            list(dict.fromkeys(measured)),
            [dimension.name for dimension in by],
            conditions,
            _days(question, metrics, snapshot),
        )
        tree = _literal(parse_one(sql, dialect=known.engine), [v for f in conditions for v in f.values])
        return restrict(_exact(tree, known.engine), viewer, known.marts, snapshot.rows, known.engine)

    tree = compiled([*(metric.name for metric in metrics), *guards], list(dimensions.values()), where)
    finer: list[Members] = []
    for name in dict.fromkeys(one.dimension for one in where) if guards else ():
        by = list({d.name: d for d in (*dimensions.values(), resolve(metrics, name, "where"))}.values())
        others = [one for one in where if one.dimension != name]
        chosen = _chosen([one for one in where if one.dimension == name], known.engine)
        finer.append(Members(compiled(guards, by, others), _cells(by), chosen))
    outer = _outer(tree, dimensions, metrics, guards, finer)
    names = [*dimensions, *(metric.name for metric in metrics)]
    definitions = tuple(metric.definition for metric in metrics)
    meanings = [Definition(name, name.replace("_", " "), d.description) for name, d in dimensions.items()]
    notes = (
        (f"Cells with fewer than {FEWEST_PEOPLE} people are left out, and one more where a total would tell them.",)
        if guards
        else ()
    )
    ordered = _ordered(outer, question.order, names, list(dimensions), question)
    return ordered, definitions, (*meanings, *definitions), notes


def _named(known: Registry, question: Named, viewer: Viewer, snapshot: Snapshot) -> Plan:
    named = known.named_query(question.name)
    _present(named.marts, snapshot)
    if named.shows == "people" and not viewer.sees_people:
        raise NotAllowed(f"{named.name} shows people, and the role {viewer.role} sees numbers about groups only.")
    values = named.values(question.parameters)

    def seen(given: Mapping[str, Value], more: Sequence[str] = ()) -> exp.Expr:
        return restrict(filled(named, given, more, known.engine), viewer, known.marts, snapshot.rows, known.engine)

    tree = seen(values)
    outer = exp.select("*").from_(subquery(tree))
    notes: tuple[str, ...] = ()
    if not viewer.sees_people:
        outer, notes = suppressed(named, values, seen)
    columns = None if not isinstance(tree, exp.Query) or tree.is_star else tree.named_selects
    if question.count:
        return _counted(outer, question, columns, named, notes)
    ordered = _ordered(outer, question.order or named.order, columns, [], question)
    return ordered, (named.definition,), named.columns, notes


def _counted(
    outer: exp.Select, question: Named, columns: Sequence[str] | None, named: NamedQuery, notes: tuple[str, ...]
) -> Plan:
    """How many different values a column of the answer has; by another column where one is named."""
    for asked in filter(None, (question.count, question.by)):
        if columns is not None and asked not in columns:
            raise unknown("column of the answer", asked, columns, "count")
    values = exp.Count(this=exp.Distinct(expressions=[exp.column(question.count, "answer", quoted=True)]))
    counted = outer.select(exp.alias_(values, "count", quoted=True), append=False)
    if question.by:
        by = exp.column(question.by, "answer", quoted=True)
        counted = counted.select(by, append=True).group_by(by.copy()).order_by(exp.column("count", quoted=True).desc())
    told = Definition("count", "Count", f"Different values of {question.count}. {named.definition.description}")
    return counted, (named.definition,), (told, *named.columns), notes


def _within(parameter: str, given: Sequence[object], most: int) -> None:
    if len(given) > most:
        raise WrongQuestion(f"{parameter} has {len(given)} entries; {most} are the most.", parameter)


def _present(marts: Sequence[str], snapshot: Snapshot) -> None:
    for mart in marts:
        if mart not in snapshot.rows:
            raise NoData(f"No data yet: the mart {mart} is not in this snapshot. Materialise it in Dagster.", mart)


def _filters(metrics: Sequence[Metric], where: Sequence[Filter]) -> list[Filter]:
    _within("where", where, MOST_FILTERS)
    for one in where:
        _within("where", one.values, MOST_VALUES)
    return [Filter(resolve(metrics, one.dimension, "where").name, one.operator, one.values) for one in where]


def _allowed(metrics: Sequence[Metric], used: Sequence[Dimension], viewer: Viewer) -> None:
    names = {dimension.name for dimension in used}
    for metric in metrics:
        if missing := set(metric.needs) - names:
            raise WrongQuestion(f"{metric.name} must be grouped by {', '.join(sorted(missing))}.", "group_by")
        if metric.needs_time and not any(name.startswith(TIME) for name in names):
            raise WrongQuestion(f"{metric.name} looks back from each day: give a grain (day, week …).", "grain")
    if "person" in names and not viewer.sees_people:
        raise NotAllowed(f"The role {viewer.role} sees numbers about groups, not single people.", "group_by")


def _days(question: Query, metrics: Sequence[Metric], snapshot: Snapshot) -> tuple[date, date] | None:
    """A moving window would go on after the last day of data until it is empty; it ends there instead."""
    if question.start and question.end and question.end < question.start:
        raise WrongQuestion(f"end {question.end} lies before start {question.start}.", "end")
    first, last = snapshot.first_day, snapshot.last_day
    moving = any(metric.needs_time for metric in metrics)
    if not (question.start or question.end or (moving and first and last)):
        return None
    start = question.start or (date.fromisoformat(first) if moving and first else EARLIEST)
    end = question.end or (date.fromisoformat(last) if moving and last else LATEST)
    start = min(max(start, EARLIEST), LATEST)
    return start, min(max(start, end), LATEST)


def _literal(tree: exp.Expr, values: Sequence[Value]) -> exp.Expr:
    for found in list(tree.find_all(exp.Literal)):
        if found.is_string and found.this.startswith(PLACEHOLDER):
            found.replace(literal(values[int(found.this.removeprefix(PLACEHOLDER))]))
    return tree


def _exact(tree: exp.Expr, engine: str) -> exp.Expr:
    """Metrics declare approximate quantiles, the only ones of BigQuery; DuckDB's exact ones are as fast."""
    if engine == "duckdb":
        for found in list(tree.find_all(exp.ApproxQuantile)):
            found.replace(exp.func("quantile_cont", found.this, found.args["quantile"]))
    return tree


def _cells(dimensions: Sequence[Dimension]) -> Cells:
    """People of one period are not those of another: nothing adds up over time."""
    times = [d.name for d in dimensions if d.name.startswith(TIME)]
    return Cells(tuple(d.name for d in dimensions if d.name not in times), tuple(times))


def _chosen(where: Sequence[Filter], engine: str) -> exp.Expr:
    """What these conditions of one dimension say of a row of the answer."""
    found = []
    for one in where:
        marks = [f"'{PLACEHOLDER}{number}'" for number in range(len(one.values))]
        column = of_answer(one.dimension).sql(engine)
        found.append(_literal(parse_one(condition(column, one.operator, marks), dialect=engine), one.values))
    return exp.and_(*found)


def _outer(
    tree: exp.Expr,
    dimensions: dict[str, Dimension],
    metrics: Sequence[Metric],
    guards: Sequence[str],
    finer: Sequence[Members],
) -> exp.Select:
    """The columns as they were asked for, and for viewers without the cells of few people."""
    shown: list[Any] = []
    for name, dimension in dimensions.items():
        column: exp.Expr = exp.column(dimension.name, ANSWER)
        if dimension.name.startswith(TIME):
            column = exp.cast(column, "date")
        shown.append(exp.alias_(column, name, quoted=True))
    if not guards:
        shown += [exp.alias_(exp.column(metric.name, ANSWER), metric.name, quoted=True) for metric in metrics]
        return exp.select(*shown).from_(subquery(tree))
    cells = _cells(list(dimensions.values()))
    told = [exp.alias_(enough(guard, cells), f"enough_{guard}") for guard in guards]
    outer = exp.select().from_(subquery(exp.select(f"{ANSWER}.*", *told).from_(subquery(tree))))
    for number, members in enumerate(finer):
        outer = joined(outer, judged(members, cells.keys, guards), f"members_{number}", cells.keys)
    places = [ANSWER, *(f"members_{number}" for number in range(len(finer)))]
    seen = {m.name: exp.and_(*(exp.column(f"enough_{g}", p) for g in m.guards for p in places)) for m in metrics}
    for metric in metrics:
        value = exp.Case().when(seen[metric.name], exp.column(metric.name, ANSWER))
        shown.append(exp.alias_(value, metric.name, quoted=True))
    return outer.select(*shown).where(exp.or_(*(condition.copy() for condition in seen.values())))


def _ordered(
    outer: exp.Select, order: Sequence[str], names: Sequence[str] | None, default: Sequence[str], page: Query | Named
) -> exp.Select:
    """By what was asked for, then by the dimensions, so that the same question has the same order. NULL comes last."""
    for asked in order:
        if names is not None and asked.removeprefix("-") not in names:
            raise unknown("column of the answer", asked.removeprefix("-"), names, "order")
    wanted = [*order, *(name for name in default if name not in {o.removeprefix("-") for o in order})]
    terms = [
        exp.Ordered(this=exp.column(term.removeprefix("-"), quoted=True), desc=term.startswith("-"), nulls_first=False)
        for term in wanted
    ]
    if terms:
        outer = outer.order_by(*terms)
    if page.limit is not None:
        if page.limit < 1:
            raise WrongQuestion(f"limit is {page.limit}; 1 is the least.", "limit")
        outer = outer.limit(page.limit)
    return outer.offset(page.offset) if page.offset else outer
