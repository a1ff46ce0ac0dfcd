"""Publishing and reading on BigQuery, against the double: readers see whole versions, and nothing but the marts."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from analytics_platform.errors import QueryRefused, SettingsError, WarehouseError
from analytics_platform.settings import Settings, load
from analytics_platform.warehouse import dbt
from analytics_platform.warehouse.bigquery import publishing
from analytics_platform.warehouse.comments import meanings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.manifest import manifest_path
from analytics_platform.warehouse.protocol import Warehouse
from analytics_platform_tests.bigquery.double import Double
from analytics_platform_tests.bigquery.statements import Runner
from analytics_platform_tests.semantics.snapshot import share_manifests

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)


@pytest.fixture
def double() -> Iterator[Double]:
    with Double() as running:
        build(running, 3)
        yield running


def build(double: Double, rows: int) -> None:
    """Two marts, made without dbt: a table and a view."""
    runner = Runner(double.routes.storage, "p")
    runner.run("create schema if not exists analytics_marts")
    runner.run(
        "create or replace table analytics_marts.user_responses partition by day as"
        f" select date_add(date '2026-03-01', interval n day) as day, concat('answer ', n) as response"
        f" from unnest(generate_array(0, {rows - 1})) as n"
    )
    runner.run(
        "create or replace view analytics_marts.users as select count(*) as n from analytics_marts.user_responses"
    )


@pytest.fixture
def warehouse(settings: Settings, double: Double) -> Warehouse:
    changes = {
        "warehouse": "bigquery",
        "bigquery_project": "p",
        "bigquery_endpoint": double.endpoint,
        "reader_max_rows": 10,
    }
    return open_warehouse(settings.model_copy(update=changes))


def publish(warehouse: Warehouse, minutes: int = 0) -> publishing.Snapshot:
    return warehouse.publish(f"run {minutes}", NOW + timedelta(minutes=minutes), lambda _line: None)


def test_readers_see_the_version_that_was_published(warehouse: Warehouse, double: Double) -> None:
    assert warehouse.current() is None
    snapshot = publish(warehouse)
    assert (snapshot.first_day, snapshot.last_day, snapshot.rows) == (
        "2026-03-01", "2026-03-03", {"user_responses": 3, "users": 1},
    )  # fmt: skip
    build(double, 7)  # the next build is under way
    with warehouse.reader() as reader:
        assert reader.snapshot == snapshot == warehouse.current()
        assert reader.query("select n from users").to_pylist() == [{"n": 3}]
        assert reader.query("select count(*) as n from user_responses").to_pylist() == [{"n": 3}]
    publish(warehouse, 1)
    with warehouse.reader() as reader:
        assert reader.query("select n from users").to_pylist() == [{"n": 7}]


def test_views_and_their_columns_say_what_they_are(warehouse: Warehouse, double: Double, settings: Settings) -> None:
    share_manifests(settings)
    manifest_path(settings.model_copy(update={"warehouse": "bigquery"}))
    known = meanings(settings.model_copy(update={"warehouse": "bigquery"}))
    publish(warehouse)
    view = double.routes.storage.tables["p", "analytics_readers", "user_responses"]
    assert view.description == known["user_responses"].description
    told = {name: text for name, _, text in known["user_responses"].columns}
    assert {column.name: column.description for column in view.columns} == {
        "day": told["day"],
        "response": told["response"],
    }
    with warehouse.reader() as reader:
        assert reader.query("select time_zone from about_snapshot").to_pylist() == [{"time_zone": "UTC"}]
        assert reader.query("select count(*) as n from user_responses").to_pylist() == [{"n": 3}]


def test_a_question_may_have_parameters(warehouse: Warehouse) -> None:
    publish(warehouse)
    sql = """
        select response from user_responses -- $9 is none here
        where day = $1 and response like $2 and $3 > 1 and $4 is not null and '$5' <> "$6" """
    with warehouse.reader() as reader:
        assert reader.query(sql, [date(2026, 3, 2), "answer%", 1.5, NOW]).to_pylist() == [{"response": "answer 1"}]


def test_the_views_turn_in_one_script(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    said, real = [], publishing.run
    monkeypatch.setattr(publishing, "run", lambda client, sql: said.append(sql) or real(client, sql))  # type: ignore[func-returns-value]
    publish(warehouse)
    (turning,) = [sql for sql in said if "view" in sql]
    assert turning.count("create or replace view") == 3
    assert turning.rfind("about_snapshot") > turning.rfind("readers.users")


def test_a_publish_that_dies_leaves_readers_what_they_had_and_the_next_completes(
    warehouse: Warehouse, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(warehouse)
    build(double, 5)
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "_turn", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish(warehouse, 1)
    assert warehouse.current() == first
    with warehouse.reader() as reader:
        assert reader.query("select count(*) as n from user_responses").to_pylist() == [{"n": 3}]
    publish(warehouse, 2)
    with warehouse.reader() as reader:
        assert reader.query("select count(*) as n from user_responses").to_pylist() == [{"n": 5}]


def test_old_versions_and_marts_that_are_no_more_go(warehouse: Warehouse, double: Double) -> None:
    publish(warehouse)
    del double.routes.storage.tables["p", "analytics_marts", "users"]
    for minutes in (1, 2, 3, 4):
        publish(warehouse, minutes)
    tables = double.routes.storage.tables
    assert {path[2] for path in tables if path[1] == "analytics_readers"} == {"user_responses", "about_snapshot"}
    assert sum(path[1] == "analytics_snapshots" for path in tables) == 3


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from user_responses where true", "SELECT and nothing else"),
        ("create table p.analytics_readers.x as select 1 as a", "SELECT and nothing else"),
        ("select * from p.analytics_marts.user_responses", "published marts only"),
        ("select nope from users", "Unrecognized name: nope"),
        ("select 1 from unnest(generate_array(1, 100))", "more than 10 rows"),
    ],
)
def test_readers_only_read_and_not_too_much(warehouse: Warehouse, sql: str, said: str) -> None:
    publish(warehouse)
    with warehouse.reader() as reader, pytest.raises(QueryRefused, match=said):
        reader.query(sql)


def test_bytes_are_limited(settings: Settings, double: Double) -> None:
    changes = {"warehouse": "bigquery", "bigquery_project": "p", "bigquery_endpoint": double.endpoint}
    warehouse = open_warehouse(settings.model_copy(update=changes | {"bigquery_max_gb_billed": 0.001}))
    publish(warehouse)
    with warehouse.reader() as reader, pytest.raises(QueryRefused, match="bytes billed"):
        reader.query("select response from user_responses")


def test_the_cost_of_a_build_is_known_before_it_runs(
    warehouse: Warehouse, settings: Settings, double: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two compiled models: one whose table is there, one that reads what is not built yet. (dbt itself is not run.)"""
    code = {
        "users": "select day, response from p.analytics_marts.user_responses",
        "later": "select * from p.analytics_marts.not_built_yet",
    }

    def compiled(arguments: Sequence[str], *_: object) -> "subprocess.CompletedProcess[str]":
        nodes = {
            name: {
                "resource_type": "model", "name": name, "config": {"materialized": "table"}, "compiled_code": sql,
            }
            for name, sql in code.items()
        }  # fmt: skip
        target = Path(arguments[list(arguments).index("--target-path") + 1])
        (target / "manifest.json").write_text(json.dumps({"nodes": nodes}))
        return subprocess.CompletedProcess([], 0, "")

    monkeypatch.setattr(dbt, "run_dbt", compiled)
    said: list[str] = []
    jobs = len(double.routes.jobs.jobs)
    assert warehouse.cost(lambda: dbt.compiled_models(settings, []), said.append) == {
        "users": 3 * 8 + 3 * (2 + len("answer 0")),
        "later": None,
    }
    assert "later cannot be judged yet" in said[0]
    assert len(double.routes.jobs.jobs) == jobs, "a dry run is no job"


def test_before_the_first_publish_it_says_what_to_do(warehouse: Warehouse) -> None:
    with pytest.raises(WarehouseError, match="Nothing has been published yet"):
        warehouse.reader()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BIGQUERY_PROJECT", "", "BIGQUERY_PROJECT: set it to the Google Cloud project's id"),
        ("BIGQUERY_KEYFILE", "nowhere.json", "nowhere.json is no file"),
        ("BIGQUERY_ENDPOINT", "localhost:9050", "must start with http"),
        ("BIGQUERY_MAX_GB_BILLED", "0", "BIGQUERY_MAX_GB_BILLED"),
    ],
)
def test_a_wrong_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    load.cache_clear()
    monkeypatch.setenv("WAREHOUSE", "bigquery")
    monkeypatch.setenv("BIGQUERY_PROJECT", "p")
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        load()
    load.cache_clear()


def test_missing_credentials_say_what_to_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from google.auth import exceptions

    def none(*_: object, **__: object) -> None:
        raise exceptions.DefaultCredentialsError("Your default credentials were not found.")  # type: ignore[no-untyped-call]

    monkeypatch.setattr("google.auth.default", none)
    bigquery = open_warehouse(settings.model_copy(update={"warehouse": "bigquery", "bigquery_project": "p"}))
    with pytest.raises(SettingsError, match="gcloud auth application-default login"):
        bigquery.current()
    (finding,) = bigquery.examine()
    assert not finding[0]
    assert "BIGQUERY_KEYFILE" in finding[1]
