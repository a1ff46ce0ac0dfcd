"""Keeps the daily rows of telemetry for ever, before the day's events and hourly rows are deleted.

The rows are read from the warehouse as it was built from all of the day's events, and written into the lake
(``contracts/kept``), where every later build finds them, one from nothing included. A day is written once. Lines that
arrive later change the day's events, but not these rows. A day whose marts are not up to date waits, and so do its
events.
Does not live here: which events go when (``thinning``, ``retention``).
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from analytics_platform.contracts import KEPT, TABLES, LakeTable
from analytics_platform.lake.day_files import day_files, day_of
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_of, workbench, write_day
from analytics_platform.settings import Settings
from analytics_platform.upkeep.old import Old
from analytics_platform.warehouse.built import read_built
from analytics_platform.warehouse.engine import open_warehouse

TELEMETRY = TABLES["telemetry/events"]
ENGAGEMENT, PERIODS = KEPT["kept/engagement_days"], KEPT["kept/telemetry_days"]
MODELS = {
    "kept/api_days": ("marts", "api_performance"),
    "kept/ai_days": ("marts", "ai_performance"),
    "kept/error_days": ("intermediate", "int_error_days"),
    "kept/engagement_days": ("intermediate", "int_engagement_days"),
    "kept/telemetry_days": ("intermediate", "int_telemetry_periods"),  # last: it says that the day is kept
}
_AT_ONCE = 31


def first_day_with_hours(settings: Settings, today: date) -> date:
    """Days before this one have no hours. No kind of event goes earlier."""
    kept = (settings.keep_metric_days, settings.keep_ai_days, settings.keep_session_days, settings.keep_event_days)
    return today - timedelta(days=min(kept))


def waiting(settings: Settings, lake: Lake, today: date) -> set[date]:
    """Old days that are not kept yet and cannot be, because marts of days around them are not what the lake holds."""
    days = set(map(day_of, day_files(lake.store, TELEMETRY))) & _not_built(settings, lake)
    cut = first_day_with_hours(settings, today)
    return {day for day in days if day <= cut} - set(days_of(lake, PERIODS))


def settle(settings: Settings, lake: Lake, today: date) -> Iterator[Old]:
    """Days whose daily rows are to be kept and whose hours go."""
    cut, held = first_day_with_hours(settings, today), _not_built(settings, lake)
    there = set(map(day_of, day_files(lake.store, TELEMETRY)))
    # A local day lies in two UTC days: people's rows are kept a day before any events of either go.
    local = {day for day in _around(there, 1) if day <= cut} - held - set(days_of(lake, ENGAGEMENT))
    yield from _portions(settings, lake, sorted(local), (ENGAGEMENT,))
    rest = tuple(KEPT[path] for path in MODELS if path != ENGAGEMENT.path)
    days = {day for day in there if day < cut} - held - set(days_of(lake, PERIODS))
    yield from _portions(settings, lake, sorted(days), rest)


def _not_built(settings: Settings, lake: Lake) -> set[date]:
    """Days whose events differ from those that the marts were built from, and two to each side: events of a day are
    in the local days around it, and none of these may lack events of its other day."""
    built = read_built(settings)
    marks = built.marks if built.can_be_published else {}
    return _around({day_of(key) for key, mark in day_files(lake.store, TELEMETRY).items() if marks.get(key) != mark}, 2)


def _around(days: set[date], reach: int) -> set[date]:
    return {day + step * timedelta(days=1) for day in days for step in range(-reach, reach + 1)}


def _portions(settings: Settings, lake: Lake, days: Sequence[date], tables: Sequence[LakeTable]) -> Iterator[Old]:
    for start in range(0, len(days), _AT_ONCE):
        some = days[start : start + _AT_ONCE]
        kind = "hours of telemetry" if PERIODS in tables else "visits of telemetry, by the day from now on"
        name = f"{TELEMETRY.path} {some[0]} to {some[-1]}"
        yield Old(kind, name, len(some), partial(_keep, settings, lake, some, tables))


def _keep(settings: Settings, lake: Lake, days: Sequence[date], tables: Sequence[LakeTable]) -> None:
    warehouse = open_warehouse(settings)
    for table in tables:
        layer, model = MODELS[table.path]
        made = warehouse.built(layer, model, rows_sql(table, days))
        with workbench(lake) as (connection, folder):
            connection.register("made", made)
            for day in days:
                rows = f"select * from made where day = date '{day}'"
                write_day(connection, lake, folder, table, day, rows)


def rows_sql(table: LakeTable, days: Sequence[date]) -> str:
    """A kept table's rows, out of the model that it is of."""
    names = ", ".join(column.name for column in table.columns)
    within = f"day between date '{days[0]}' and date '{days[-1]}'"
    of_days = "" if "actor_key" in names else " and grain = 'day'"
    return f"select {names} from {{model}} where {within}{of_days}"
