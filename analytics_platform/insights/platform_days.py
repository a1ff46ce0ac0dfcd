"""What became of the lines of each lake table, by day, and how late they came: the platform's own numbers.

From the ledger and, for the lag, from the lake's days. Also which days have an open failure of data quality, so that a
deviation then is told of as a data gap. Does not live here: the deviations (``finding``).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pyarrow as pa

from analytics_platform.contracts import TABLES, Table
from analytics_platform.insights.gaps import FailedCheck
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.ledger import Entry
from analytics_platform.lake.live import IS_LIVE
from analytics_platform.lake.red_days import red_checks_of
from analytics_platform.lake.workbench import days_sql, workbench

# A burst: this share of a day's lines, this many times the usual share, and so many lines.
BURST_SHARE, BURST_TIMES, BURST_LINES = 0.05, 5, 10
USUAL_DAYS, USUAL_ROWS = 28, 20
_LEDGER = pa.schema(
    [("day", pa.date32()), ("lake_table", pa.string())]
    + [(name, pa.int64()) for name in ("received", "stored", "duplicate", "quarantined")]
    + [("lag_p95_seconds", pa.float64())]
)


def ledger_days(lake: Lake, days: Sequence[date]) -> pa.Table:
    """One row per lake table and materialised day."""
    rows = []
    for table in TABLES.values():
        entries = {entry.day: entry for day in days if (entry := lake.ledger.read(table, day))}
        lags = _lags(lake, table.path, sorted(entries))
        rows += [
            {
                "day": day,
                "lake_table": table.path,
                **{name: getattr(entry, name) for name in ("received", "stored", "duplicate", "quarantined")},
                "lag_p95_seconds": lags.get(day),
            }
            for day, entry in entries.items()
        ]
    return pa.Table.from_pylist(rows, _LEDGER)


def _lags(lake: Lake, path: str, days: Sequence[date]) -> dict[date, float]:
    """Seconds from the event to its receipt, of live rows that claimed a time: nearest rank, as everywhere.

    A day that is known from an import of history alone has no lag.
    """
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, TABLES[path], days, folder)
        return dict(
            connection.execute(f"""
                select day, quantile_disc(epoch(received_at) - epoch(event_time), 0.95) from ({rows})
                where claimed_at is not null and not clock_skewed and {IS_LIVE} group by day
            """).fetchall()
        )


def failures(lake: Lake, first: date, last: date) -> list[FailedCheck]:
    """Failures of data quality, by source and day: lines in quarantine by the burst, no rows, a wrong ledger, and the
    checks that were red when the day was last built.
    """
    found = []
    for table in TABLES.values():
        entries = lake.ledger.entries_between(table, first, last, USUAL_DAYS)
        for place, entry in enumerate(entries):
            if entry.day >= first:
                usual = [one for one in entries[:place] if one.day >= entry.day - timedelta(days=USUAL_DAYS)]
                found += [_failed(table, entry.day, check) for check in red_checks(entry, usual)]
        red = red_checks_of(lake, table, first, last)
        found += [_failed(table, day, check) for day, checks in red.items() for check in checks]
    return found


def red_checks(entry: Entry, usual: Sequence[Entry]) -> list[str]:
    """What is wrong with a day, by what the days before it were like."""
    red = [] if entry.balances else ["ledger_balances"]
    share = entry.refused / entry.received if entry.received else 0.0
    shares = [one.refused / one.received for one in usual if one.received]
    before = median(shares) if shares else 0.0
    if share >= max(BURST_SHARE, BURST_TIMES * before) and entry.refused >= BURST_LINES:
        red.append("quarantine_burst")
    if not entry.stored and usual and median(one.stored for one in usual) >= USUAL_ROWS:
        red.append("no_rows")
    return red


def _failed(table: Table, day: date, check: str) -> FailedCheck:
    start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    return FailedCheck(table.source, f"{check}:{table.name}", start, start + 86_399)
