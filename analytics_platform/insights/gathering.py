"""The series of some days, from the published snapshot and the ledger into the lake: ``insights/series``.

One query per mart, grain and dimension; DuckDB turns the columns into series. An hour or a day counts when it was over
when the snapshot was published, so that a day that is half done is no drop. Does not live here: which series there are
(``watched``), what the ledger says of a day (``platform_days``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from analytics_platform.contracts import INSIGHTS, TABLES
from analytics_platform.errors import QueryRefused
from analytics_platform.insights.history import looked_at_again
from analytics_platform.insights.platform_days import ledger_days
from analytics_platform.insights.watched import DAY, HOUR, LEDGER, Metric, Origin, Watched, watched
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.parse_sql import quote_name, quote_text
from analytics_platform.lake.workbench import day_is, days_of, workbench, write_day
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import OpenReader

SERIES = INSIGHTS["insights/series"]
CHUNK_DAYS, MOST_MEMBERS = 31, 200
# What the platform's own questions may take; those of people have lower limits.
MOST_ROWS, MOST_SECONDS = 20_000_000, 600
ENGINE = "insights-1"


@dataclass
class Gathered:
    """Points by day, and the marts that could not be read, each with the reason."""

    points: dict[date, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    snapshot: str = ""


def patient(settings: Settings) -> Settings:
    """The settings of a reader that may read all of a mart."""
    return settings.model_copy(update={"reader_max_rows": MOST_ROWS, "reader_timeout_seconds": MOST_SECONDS})


def gather(settings: Settings, days: Sequence[date], declared: Watched | None = None) -> Gathered:
    """Write the series of these days anew, and those of later days and of the last month that are others now.

    What comes late changes later days: a completion that came earlier is none on the later day. A later line changes
    earlier ones: with another card a lesson, or with a link a person, is another one.
    """
    found, lake, done = declared or watched(), open_lake(settings), Gathered()
    asked = set(days)
    if asked:
        first = looked_at_again(lake, days)
        days = sorted({*asked, *(day for day in days_of(lake, SERIES) if day >= first)})
    built = {source: _built(lake, source, days) for source in {origin.source for origin in found.origins}}
    with open_warehouse(patient(settings)).reader() as reader:
        done.snapshot = reader.snapshot.version
        for start in range(0, len(days), CHUNK_DAYS):
            chunk = days[start : start + CHUNK_DAYS]
            with workbench(lake) as (connection, folder):
                _prepare(connection, reader.snapshot.published_at, f"{ENGINE} {found.version}")
                for origin in found.origins:
                    known = sorted(built[origin.source] & set(chunk))
                    try:
                        _take(connection, reader, lake, origin, known)
                    except (QueryRefused, duckdb.Error) as error:
                        done.refused[origin.mart] = str(error)
                for day in chunk:
                    rows = f"select * from points where day = date '{day}'"
                    if day in asked or not day_is(connection, lake, folder, SERIES, day, rows):
                        done.points[day] = write_day(connection, lake, folder, SERIES, day, rows)
    return done


def _built(lake: Lake, source: str, days: Sequence[date]) -> set[date]:
    """Days on which lines of a source came: of others nothing is known, which is not the same as nothing happened."""
    tables = [table for table in TABLES.values() if source in (table.source, "platform")]
    return {day for day in days for table in tables if (entry := lake.ledger.read(table, day)) and entry.received}


def _prepare(connection: duckdb.DuckDBPyConnection, published_at: str, version: str) -> None:
    columns = ", ".join(f"{quote_name(column.name)} {column.duckdb_type}" for column in SERIES.columns)
    connection.execute(f"create temp table points ({columns})")
    connection.execute(f"set variable published_at = timestamptz {quote_text(published_at)}")
    connection.execute(f"set variable made_by = {quote_text(version)}")


def _take(
    connection: duckdb.DuckDBPyConnection, reader: OpenReader, lake: Lake, origin: Origin, days: list[date]
) -> None:
    """The points of one mart's metrics, into ``points``."""
    if not days:
        return
    literals = ", ".join(f"(date '{day}')" for day in days)
    connection.execute(f"create or replace temp table built as select * from (values {literals}) as days(day)")
    if origin.mart == LEDGER:
        connection.register("ledger", ledger_days(lake, days))
    for grain in (HOUR, DAY):
        for dimension, metrics in _splits(origin.of(grain)):
            sql = _question(origin, grain, dimension, metrics, (days[0], days[-1]))
            if origin.mart == LEDGER:
                connection.execute(f"create or replace temp table asked as {sql}")
            else:
                answer = reader.query(sql)
                connection.register("answer", answer)
                connection.execute("create or replace temp table asked as select * from answer")
                connection.unregister("answer")
            for number, metric in enumerate(metrics):
                connection.execute(_points(origin, grain, dimension, metric, number))


def _splits(metrics: list[Metric]) -> Iterator[tuple[str | None, list[Metric]]]:
    """The whole, and each dimension, with the metrics that have it."""
    whole = [metric for metric in metrics if metric.total]
    if whole:
        yield None, whole
    for dimension in sorted({dimension for metric in metrics for dimension in metric.by}):
        yield dimension, [metric for metric in metrics if dimension in metric.by]


def _question(origin: Origin, grain: str, dimension: str | None, metrics: list[Metric], span: tuple[date, date]) -> str:
    """SQL that both engines understand: the snapshot may be either's."""
    hour = f"extract(hour from {origin.hour})" if grain == HOUR else "0"
    member = f"cast({dimension} as string)" if dimension else "'all'"
    wanted = []
    for number, metric in enumerate(metrics):
        if metric.is_ratio:
            wanted += [f"{metric.part} as part_{number}", f"{metric.whole} as whole_{number}"]
        else:
            wanted.append(f"{metric.value} as value_{number}")
    return (
        f"select {origin.day} as day, {hour} as hour, {member} as member, {', '.join(wanted)} from {origin.mart}"
        f" where {origin.day} between date '{span[0]}' and date '{span[1]}' and {origin.condition(grain)}"
        " group by 1, 2, 3"
    )


def _points(origin: Origin, grain: str, dimension: str | None, metric: Metric, number: int) -> str:
    """Insert one metric's points. Where idle is zero, each member of a day has all of its hours."""
    step = "to_hours(1)" if grain == HOUR else "to_days(1)"
    hours = "range(24)" if grain == HOUR else "[0]"
    if metric.is_ratio:
        part, whole = f"part_{number}::double", f"whole_{number}::double"
        value = f"case when {whole} >= {metric.least} and {whole} <> 0 then {part} / {whole} end"
    else:
        part = whole = "null::double"
        value = f"value_{number}::double"
    if metric.idle == "zero":
        members = (
            f"select distinct day, member from asked where {value} is not null"
            if dimension
            else ("select day, 'all' as member from built")
        )
        rows = f"""(select day, hour, member from ({members}), (select unnest({hours}) as hour))
            left join asked using (day, hour, member)"""
        value = f"coalesce({value}, 0)"
    else:
        rows = "asked"
    weight = whole if metric.is_ratio else value
    series = f"'{metric.name}'" + (f" || '|{dimension}=' || member" if dimension else "")
    unit = "member" if metric.unit == "currency" and dimension else quote_text(metric.unit)
    return f"""
        insert into points
        with found as (
            select day, {series} as series_id, member,
                timezone('UTC', day::timestamp + to_hours(hour::bigint)) as started_at,
                {value} as value, {part} as part, {whole} as whole, {weight} as weight
            from {rows}
            where day in (select day from built) and member is not null
        ),
        largest as (
            select member from found group by member order by sum(coalesce(weight, 0)) desc, member limit {MOST_MEMBERS}
        ),
        known as (
            select * from found
            where (value is not null or whole > 0) and started_at + {step} <= getvariable('published_at')
                and member in (select member from largest)
        )
        select series_id || '@{grain}@' || strftime(timezone('UTC', started_at), '%Y-%m-%dT%H'), day, series_id,
            '{metric.name}', '{origin.source}', {quote_text(dimension) if dimension else "null"},
            {"member" if dimension else "null"}, '{grain}', started_at, value, part, whole, {unit},
            getvariable('made_by')
        from known"""
