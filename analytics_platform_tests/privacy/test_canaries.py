"""Planted names, addresses, phone numbers, diagnoses and secrets are found where they may be, and nowhere else.

Looked for in every byte: files of the home, Dagster's runs, events and output, logs, alerts, reports, exports and the
API of each role. Where they may be is written down here once; everything else must hold none of them.
"""

from pathlib import Path

import pytest

from analytics_platform.alerts.state import State
from analytics_platform.privacy.searching import search
from analytics_platform.semantics import Role, Viewer
from analytics_platform.semantics.errors import NotAllowed
from analytics_platform.serving.exports.exporting import Export, export
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.publishing import current
from analytics_platform_tests.privacy.planted import ADDRESS, CANARIES, DAY, WORDS
from analytics_platform_tests.serving.conftest import serve
from analytics_platform_tests.serving.test_roles import answered

pytestmark = pytest.mark.proof

# What sources sent, what is made of it for those who may see people, and what people brought.
MAY_HOLD = ("landing/", "lake/", "quarantine/", "warehouse/warehouse.duckdb", "warehouse/steps.duckdb", "published/",
            "simulated/", "imports/")  # fmt: skip


NAME = CANARIES["name"]

# The evening message quotes answers to those who teach the cohort; never who said it (REPORT_NAMES=none here).
QUOTED = {CANARIES[word] for word in ("secret", "diagnosis", "street")}


@pytest.fixture(scope="module")
def found(planted: Settings) -> dict[str, list[str]]:
    """The files of the home that hold something of the canary."""
    return search(planted.home, WORDS)


def test_the_canary_is_where_it_may_be(found: dict[str, list[str]]) -> None:
    """Else the searches below would find nothing in nothing."""
    for place, words in (
        ("landing/xapi", {"address", "diagnosis", "street", "secret", "account"}),
        ("landing/nocodb", {"phone", "name", "chat"}),
        ("landing/telemetry", {"ip", "trace", "app"}),
        ("lake/people/roster", {"phone", "member", "name"}),
        ("quarantine/xapi", {"address"}),
        ("published/marts", {"name", "address", "diagnosis", "street", "secret"}),
    ):
        held = {word for file, some in found.items() if file.startswith(place) for word in some}
        assert {CANARIES[word] for word in words} <= held, place


def test_no_other_file_of_the_home_holds_it(planted: Settings, found: dict[str, list[str]]) -> None:
    """Dagster's runs, events with their previews and output, dbt's logs, reports without names, alerts, notes, keys."""
    quoted = {file: words for file, words in found.items() if file.startswith("reports/progress/")}
    assert set().union(*quoted.values()) <= QUOTED
    assert [file for file in found if not file.startswith(MAY_HOLD) and file not in quoted] == []
    for must_exist in (
        "dagster_home/history/runs/*.db",
        "reports/*/*/*.html",
        "alerts/alerts.db",
        "warehouse/dbt/*.log",
        "ledger/*/*/*.json",
    ):
        assert list(planted.home.glob(must_exist)), must_exist


def test_no_log_line_holds_it(planted: Settings, logged: list[str]) -> None:
    assert planted.home.exists()
    assert logged
    assert [line for line in logged for word in WORDS if word.lower() in line.lower()] == []


def test_an_alert_says_that_somebody_needs_help_and_not_who(planted: Settings) -> None:
    cases = [case for case in State(planted.home).cases(only_open=True) if case.alert.kind == "safety"]
    assert any(case.alert.severity == "critical" for case in cases)
    with open_warehouse(planted).reader() as reader:  # of a turn of a chat as well as of an answer
        flagged = reader.query("select answer_id from safety_flags where source = 'chat' and full_name = $1", [NAME])
    assert flagged.column("answer_id").to_pylist() == ["cm1"]


@pytest.mark.parametrize("who", ["viewer", "watcher"])
def test_who_may_not_see_people_gets_it_from_no_route(who: str, planted: Settings) -> None:
    with serve(planted) as served:
        assert len(list(answered(served, "analyst"))) > 20  # whose answers are kept for whoever asks the same next
        for asked, status, text in answered(served, who):
            assert status < 500, asked
            # The question's own words come back with the answer; they are not the canary's.
            assert [word for word in WORDS if word.lower() in text.lower()] == [], asked
    assert search(planted.home / "api", WORDS) == {}  # the audit of who asked


def test_who_may_see_people_gets_it(planted: Settings) -> None:
    with serve(planted) as served:
        body = {"sql": "select full_name, email from users"}
        assert ADDRESS in served.post("/api/data/query", body, "analyst").text
        assert ADDRESS not in served.post("/api/data/query", body, "teacher").text  # of another cohort
    assert search(planted.home / "api", WORDS) == {}


def test_a_viewers_export_of_any_mart_holds_none_of_it(planted: Settings, tmp_path: Path) -> None:
    snapshot = current(planted)
    assert snapshot is not None
    refused = set()
    for mart in snapshot.rows:
        try:
            export(planted, Export(mart), str(tmp_path), Viewer("v", Role.VIEWER))
        except NotAllowed:
            refused.add(mart)
    assert {"users", "user_responses", "person_identifiers"} <= refused
    assert len(list(tmp_path.glob("*.parquet"))) == len(snapshot.rows) - len(refused) > 10
    assert search(tmp_path, WORDS) == {}


def test_the_search_finds_what_is_packed(tmp_path: Path) -> None:
    import gzip
    import sqlite3
    import zipfile

    import pyarrow as pa
    import pyarrow.parquet as pq

    with gzip.open(tmp_path / "a.gz", "wb") as packed:
        packed.write(b"x" * 100_000 + b" Wilhelmina ")
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("sheet.xml", "Wilhelmina " * 9)
    with sqlite3.connect(tmp_path / "c.db") as database:
        database.execute("create table t (x)")
        database.execute("insert into t values ('Wilhelmina')")
    database.close()
    pq.write_table(pa.table({"x": ["Wilhelmina"]}), tmp_path / "d.parquet", compression="zstd")
    (tmp_path / "e.json").write_text('"W\\u00edlhelmina wilhelmina"')
    (tmp_path / "f.txt").write_text(f"nothing on {DAY}")
    assert sorted(search(tmp_path, ["WILHELMINA"])) == ["a.gz", "b.xlsx", "c.db", "d.parquet", "e.json"]
