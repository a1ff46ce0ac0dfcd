"""What happens after the first run: again, a late line, an emptied day, a red check. On a copy of the organisation."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import duckdb
import pytest

from analytics_platform.contracts import IMPORTS, TABLES
from analytics_platform.defs.running import run_days
from analytics_platform.lake import checks, open_lake
from analytics_platform.lake.checks import Finding
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import current
from analytics_platform_tests.lines import land, statement
from analytics_platform_tests.organisation import START

FACTS = ("exchanges", "sessions", "user_activities", "user_responses", "video_views")
LATE = START + timedelta(days=3)


def fingerprints(settings: Settings) -> dict[tuple[str, date], int]:
    """A number for the rows of each fact and day: equal rows, equal number."""
    snapshot = current(settings)
    assert snapshot is not None
    found: dict[tuple[str, date], int] = {}
    with duckdb.connect(str(settings.published_folder / snapshot.file), read_only=True) as connection:
        for fact in FACTS:
            days = connection.execute(f"select day, bit_xor(hash(f)) from {fact} f group by day").fetchall()
            found |= {(fact, day): number for day, number in days}
        for table in ("users", "lessons", "questions", "conversations", "video_retention_curve"):
            row = connection.execute(f"select bit_xor(hash(t)) from {table} t").fetchone()
            found[table, START] = row[0] if row else 0
    return found


@pytest.mark.proof
def test_a_late_line_changes_its_own_day_and_a_rerun_changes_nothing(
    changing: Settings, instance: dg.DagsterInstance
) -> None:
    lake, said = open_lake(changing), list[str]()
    before = fingerprints(changing)
    stamp = datetime(LATE.year, LATE.month, LATE.day, 10, tzinfo=UTC)
    late = statement("late one", timestamp=stamp.isoformat(), actor={"mbox": "mailto:new@example.org"})
    land(lake, "xapi/statements", late, at=stamp + timedelta(days=2))

    assert run_days(changing, [LATE], said.append, instance), said
    after = fingerprints(changing)
    changed = {key for key in before | after if before.get(key) != after.get(key)}
    assert {key for key in changed if key[0] in FACTS} == {("user_activities", LATE), ("user_responses", LATE)}
    assert ("users", START) in changed

    said.clear()
    assert run_days(changing, [LATE], said.append, instance), said
    assert fingerprints(changing) == after
    assert "No lake file changed since the last build, so its marts and tests hold." in said  # dbt was not asked


def test_a_red_blocking_check_stops_the_marts_and_the_snapshot_stays(
    changing: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = current(changing)
    monkeypatch.setattr(checks, "unique_key", lambda *_: Finding(False, "planted: two rows have one key"))
    said = list[str]()
    assert not run_days(changing, [START], said.append, instance)
    (run,) = instance.get_run_records()
    built = {
        event.dagster_event.asset_key.to_user_string()
        for event in instance.all_logs(run.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        if event.dagster_event and event.dagster_event.asset_key
    }
    assert built == {*TABLES, *IMPORTS}
    assert current(changing) == snapshot
    assert any("unique_key" in line for line in said)


@pytest.mark.proof
def test_an_emptied_day_ends_up_empty_in_lake_and_marts(changing: Settings, instance: dg.DagsterInstance) -> None:
    lake, said = open_lake(changing), list[str]()
    for table in TABLES.values():
        for segment in lake.landing.segments(table, LATE):
            lake.store.delete(segment.key)
    assert run_days(changing, [LATE], said.append, instance), said
    assert {fact for fact, day in fingerprints(changing) if day == LATE and fact in FACTS} == set()
