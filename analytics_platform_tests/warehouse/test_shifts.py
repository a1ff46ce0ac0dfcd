"""What counts as a shift of a column: far outside everything that was seen in the days before."""

from datetime import date, timedelta

import duckdb
import pyarrow as pa

from analytics_platform.warehouse.lineage import Model
from analytics_platform.warehouse.shifts import far_mean, far_shares, shifted

DAYS = [date(2026, 3, 1) + timedelta(days=n) for n in range(9)]
NEWEST, ROWS = DAYS[-1], dict.fromkeys(DAYS, 100)


def test_a_share_far_outside_the_days_before_is_told() -> None:
    shares = {day: {"passed": 0.6 + 0.02 * (n % 3), "failed": 0.4 - 0.02 * (n % 3)} for n, day in enumerate(DAYS)}
    assert not list(far_shares(shares, ROWS, NEWEST))
    shares[NEWEST] = {"passed": 0.2, "failed": 0.4, "unknown": 0.4}
    assert list(far_shares(shares, ROWS, NEWEST)) == [
        "passed in 20% of the rows, before 60% to 64%",
        "unknown in 40% of the rows, before 0% to 0%",
    ]
    assert not list(far_shares(shares, {**ROWS, NEWEST: 20}, NEWEST))  # a handful of rows says nothing
    few = dict.fromkeys(DAYS[4:], 100)
    assert not list(far_shares(shares, few, NEWEST))  # four days are no habit


def test_a_mean_that_swings_by_itself_is_not_told() -> None:
    swinging = dict(zip(DAYS, (10.0, 30.0, 12.0, 28.0, 11.0, 29.0, 10.0, 30.0, 45.0), strict=True))
    assert not list(far_mean(swinging, ROWS, NEWEST))
    steady = dict.fromkeys(DAYS, 10.0)
    assert not list(far_mean({**steady, NEWEST: 14.9}, ROWS, NEWEST))
    assert list(far_mean({**steady, NEWEST: 15.1}, ROWS, NEWEST)) == ["15.1 on average, before 10 to 10"]
    assert list(far_mean({**steady, NEWEST: 4.9}, ROWS, NEWEST)) == ["4.9 on average, before 10 to 10"]
    assert not list(far_mean({**steady, NEWEST: None}, ROWS, NEWEST))


def test_a_shift_is_found_in_the_rows_of_a_mart() -> None:
    columns = [("day", "date"), ("kind", "text"), ("words", "text"), ("seconds", "number"), ("person_id", "text")]
    mart = Model("visits", "", "", (), tuple((*one, "") for one in columns), ("person_id",), "", "", "")
    with duckdb.connect() as connection:
        connection.execute(
            """create table visits as
            select date '2026-03-01' + cast(d as integer) as day,
                case when d = 9 and n < 50 then 'broken' else 'usual' end as kind, 'words ' || n as words,
                case when d = 9 and n < 60 then null else 10 + n % 3 end as seconds, 'p' || n as person_id
            from range(10) as days (d), range(100) as numbers (n)"""
        )

        def ask(sql: str) -> pa.Table:
            return connection.sql(sql).to_arrow_table()

        found = shifted(ask, mart, date(2026, 3, 11))
        assert found == [
            "seconds: no value in 60% of the rows, before 0% to 0%",
            "kind: broken in 50% of the rows, before 0% to 0%",
            "kind: usual in 50% of the rows, before 100% to 100%",
        ]
        assert shifted(ask, mart, date(2026, 3, 10)) == []
