"""Each check is green on a good day and red on the fault that it is there for."""

from datetime import timedelta

import duckdb
import pytest

from analytics_platform.lake import checks
from analytics_platform.lake.checks import Finding
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, statement

XAPI = "xapi/statements"


def run(lake: Lake) -> dict[str, Finding]:
    entries = [entry for entry in [lake.ledger.read(STATEMENTS, DAY)] if entry]
    with checks.open_days(lake, STATEMENTS, [DAY]) as (connection, files):
        return {
            "schema": checks.schema(STATEMENTS, files, connection),
            "unique_key": checks.unique_key(STATEMENTS, connection),
            "ledger": checks.ledger(entries, files),
        }


def tamper(lake: Lake, sql: str) -> None:
    file = lake.store.root / lake_key(STATEMENTS, DAY)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"create table rows as select * from read_parquet('{file}', hive_partitioning = false)")
        connection.execute(f"copy ({sql}) to '{file}' (format parquet)")


@pytest.mark.parametrize(
    ("fault", "red"),
    [
        ("select * from rows", set()),
        ("select * exclude (verb) from rows", {"schema"}),
        ("select * replace (success::varchar as success) from rows", {"schema"}),
        ("select * from rows union all select * from rows", {"unique_key", "ledger"}),
        ("select * replace (null::varchar as statement_id) from rows", {"unique_key"}),
        ("select * from rows limit 1", {"ledger"}),
    ],
)
def test_a_planted_fault_turns_its_check_red(lake: Lake, fault: str, red: set[str]) -> None:
    land(lake, XAPI, statement("a"), statement("b"))
    lake.build(STATEMENTS, [DAY])
    tamper(lake, fault)
    findings = run(lake)
    assert {name for name, finding in findings.items() if not finding.passed} == red
    assert all(finding.message for finding in findings.values())


LATER = DAY + timedelta(days=60)


def test_volume_warns_on_a_day_that_is_thin_for_its_weekday(lake: Lake) -> None:
    weeks = [DAY + timedelta(weeks=n) for n in range(4)]
    quiet_day = weeks[-1] - timedelta(days=2)
    for day, count in [*zip(weeks, [10, 10, 10, 4], strict=True), (quiet_day, 1)]:
        stamp = (NOON + (day - DAY)).isoformat()
        lines = (statement(f"{day}-{n}", timestamp=stamp) for n in range(count))
        land(lake, XAPI, *lines, at=NOON + timedelta(days=30))
    lake.build(STATEMENTS, [*weeks, quiet_day])
    assert checks.volume(STATEMENTS, lake, weeks[:2], LATER).passed  # too short a history to say
    assert checks.volume(STATEMENTS, lake, [quiet_day], LATER).passed
    assert checks.volume(STATEMENTS, lake, [weeks[3]], weeks[3]).passed  # the day is not over
    thin = checks.volume(STATEMENTS, lake, [weeks[3]], LATER)
    assert not thin.passed
    assert "2026-03-31: 4 rows, usual for a Tuesday 10" in thin.message


def test_latest_day_is_red_until_yesterday_is_there_whatever_else_is(lake: Lake) -> None:
    assert not checks.latest_complete_day(STATEMENTS, lake, DAY).passed
    lake.build(STATEMENTS, [DAY - timedelta(days=9)])
    red = checks.latest_complete_day(STATEMENTS, lake, DAY)
    assert not red.passed
    assert "2026-03-01" in red.message
    lake.build(STATEMENTS, [DAY - timedelta(days=1)])
    assert checks.latest_complete_day(STATEMENTS, lake, DAY).passed


def test_shares_warn_of_many_refused_and_of_many_repeated_lines(lake: Lake) -> None:
    good = [statement(f"s{number}") for number in range(20)]
    land(lake, XAPI, *good, {"bad": 1})
    assert checks.shares(lake.build(STATEMENTS, [DAY])).passed  # 1 of 21 is 5 %
    land(lake, XAPI, {"bad": 2})
    refused = checks.shares(lake.build(STATEMENTS, [DAY]))
    assert refused.message == "2026-03-10: 9% of 22 lines are in quarantine."
    for _ in range(2):
        land(lake, XAPI, *good)
    repeated = checks.shares(lake.build(STATEMENTS, [DAY]))
    assert repeated.message == "2026-03-10: 65% of 62 lines are repeats."  # 40 of 62


def test_drift_warns_of_a_column_that_came_or_went(lake: Lake) -> None:
    days = [DAY + timedelta(days=number) for number in range(9)]
    for number, day in enumerate(days):
        at = NOON + timedelta(days=number)
        result = {"response": "fine"} if number < 8 else {"score": {"scaled": 0.5}}
        land(lake, XAPI, *(statement(f"{day} {n}", timestamp=at.isoformat(), result=result) for n in range(20)), at=at)
    lake.build(STATEMENTS, days)
    assert checks.drift(STATEMENTS, lake, days[:8]).passed
    found = checks.drift(STATEMENTS, lake, days)
    assert not found.passed
    assert "2026-03-18: response is filled in 0% of the rows, usual 100%" in found.message
    assert "2026-03-18: score_scaled is filled in 100% of the rows, usual 0%" in found.message
    assert checks.drift(STATEMENTS, lake, days[8:]) == found  # whichever days the run was asked for
