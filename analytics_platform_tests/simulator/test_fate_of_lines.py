"""What the simulator says will become of each line is what the contracts and the rule of time make of it."""

from collections import Counter
from datetime import date

import pytest

from analytics_platform.contracts import TABLES, Table
from analytics_platform.lake import parse_sql
from analytics_platform.simulator.truth_document import document
from analytics_platform_tests.simulator.conftest import PLAN, Simulated


@pytest.mark.parametrize("path", TABLES)
def test_each_line_is_stored_or_duplicate_or_quarantined_as_the_truth_says(path: str, simulated: Simulated) -> None:
    table, typed = TABLES[path], f"typed_{path.replace('/', '_')}"
    reasons: dict[str, Counter[str]] = {}
    for day, reason, count in simulated.rows(
        f"select day::varchar, reason, count(*) from {typed} where reason is not null group by all"
    ):
        reasons.setdefault(day, Counter())[reason] = count
    settled = {day: fates for day, *fates in simulated.rows(_settled(table, typed))}
    assert settled.keys() == simulated.truth.tallies[path].keys()
    for day, tally in simulated.truth.tallies[path].items():
        conflicts, stored, duplicates = settled[day]
        found = dict(reasons.get(day, Counter())) | ({"conflict": conflicts} if conflicts else {})
        assert (day, stored, duplicates, found) == (day, tally.stored, tally.duplicate, tally.quarantined)
        assert tally.lines == tally.stored + tally.duplicate + sum(tally.quarantined.values())


@pytest.mark.parametrize("path", TABLES)
def test_each_line_lies_in_the_folder_of_the_day_that_reading_gives_it(path: str, simulated: Simulated) -> None:
    typed = f"typed_{path.replace('/', '_')}"
    wrong = f"select count(*) from {typed} where not contains(filename, '/day=' || day::varchar || '/')"
    assert simulated.one(wrong) == 0
    for day, tally in simulated.truth.tallies[path].items():
        segments = simulated.landing.segments(TABLES[path], date.fromisoformat(day))
        assert (len(segments), sum(segment.lines or 0 for segment in segments)) == (tally.segments, tally.lines)
        assert simulated.one(f"select count(*) from {typed} where day = date '{day}'") == tally.lines


@pytest.mark.parametrize("path", TABLES)
def test_late_skewed_and_timeless_lines_and_people_are_counted(path: str, simulated: Simulated) -> None:
    name = path.replace("/", "_")
    late = dict(
        simulated.rows(f"select day::varchar, count(*) from typed_{name} where received_at::date > day group by 1")
    )
    kept = {
        day: counts
        for day, *counts in simulated.rows(f"""
            select day::varchar, count(*) filter (clock_skewed), count(*) filter (claimed_at is null),
                count(distinct actor_key)
            from good_{name} group by 1""")
    }
    for day, tally in simulated.truth.tallies[path].items():
        skewed, timeless, keys = kept[day]
        assert (late.get(day, 0), skewed, timeless) == (tally.late, tally.clock_skewed, tally.without_time)
        # In xapi/statements a person can have an account in one system and an e-mail in the other.
        assert tally.people <= keys <= tally.people * (2 if path == "xapi/statements" else 1)


@pytest.mark.parametrize("path", TABLES)
def test_a_key_is_stored_on_one_day_only(path: str, simulated: Simulated) -> None:
    key, typed = TABLES[path].key, f"typed_{path.replace('/', '_')}"
    assert (
        simulated.rows(f"select {key} from {typed} where reason is null group by 1 having min(day) <> max(day)") == []
    )


def test_everything_that_goes_wrong_was_planted(simulated: Simulated) -> None:
    totals = {path: document(simulated.truth)["tables"][path]["total"] for path in TABLES}
    reasons: Counter[str] = Counter()
    for total in totals.values():
        assert total["duplicate"] > 0
        assert total["late"] > 0
        reasons.update(total["quarantined"])
    ruled = {rule.reason for table in TABLES.values() for rule in table.rules}
    assert set(reasons) == ruled | {"not_json", "impossible_time", "conflict"}
    assert sum(total["clock_skewed"] for total in totals.values()) > 0
    for path in ("nocodb/messages", "nocodb/conversations"):
        older = f"""select count(*) from typed_{path.replace("/", "_")} semi join (
            from good_{path.replace("/", "_")} where updated_at is not null) using ({TABLES[path].key})
            where reason is null and updated_at is null"""
        assert simulated.one(older) == totals[path]["superseded"] > 0
    assert PLAN.resent_day is not None
    duplicates = {day: tally.duplicate for day, tally in simulated.truth.tallies["xapi/statements"].items()}
    assert duplicates.pop(str(PLAN.date(PLAN.resent_day))) > max(duplicates.values())


def test_nothing_is_received_after_the_last_day(simulated: Simulated) -> None:
    for path in TABLES:
        latest = simulated.one(f"select max(received_at)::date from typed_{path.replace('/', '_')}")
        assert latest <= PLAN.date(PLAN.days - 1)


def _settled(table: Table, typed: str) -> str:
    """Conflicts, stored rows and duplicates of each day by the rules of the contract, written here a second time."""
    compared = ", ".join(parse_sql.quote_name(column.name) for column in table.all_columns if column.compared)
    newest = f"{table.version} desc nulls last, " if table.version else ""
    same = "true" if table.version else "content = first_content"
    return f"""
        select day::varchar, count(*) filter (n > 1 and not same), count(*) filter (n = 1),
            count(*) filter (n > 1 and same)
        from (
            select day, n, {same} as same
            from (
                select *, first_value(content) over same_key as first_content, row_number() over same_key as n
                from (select *, md5(row({compared})::varchar) as content from {typed} where reason is null)
                window same_key as (partition by {table.key} order by {newest}received_at)
            )
        )
        group by 1"""
