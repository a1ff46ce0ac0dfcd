"""Lake days into BigQuery's partitions, against the double: what is loaded, what is not, and what goes wrong."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from analytics_platform.errors import WarehouseError
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform.warehouse.bigquery import client as client_rules
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import Warehouse
from analytics_platform_tests.bigquery.double import Double, Fault
from analytics_platform_tests.lake.buckets import BUCKET, emulator
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, statement

TABLE = ("p", "analytics_lake", "xapi_statements")
UPLOADS = r"POST /upload/"
NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    monkeypatch.setattr(client_rules, "FIRST_WAIT", 0.01)
    with Double() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, double: Double) -> Settings:
    changes = {"warehouse": "bigquery", "bigquery_project": "p", "bigquery_endpoint": double.endpoint}
    return settings.model_copy(update=changes)


@pytest.fixture
def lake(settings: Settings) -> Lake:
    """Two days of statements."""
    lake = open_lake(settings)
    land(lake, "xapi/statements", statement("a", timestamp=NOON.isoformat()))
    land(
        lake,
        "xapi/statements",
        statement("b", timestamp=(NOON + timedelta(days=1)).isoformat()),
        at=NOON + timedelta(days=1),
    )
    lake.build(STATEMENTS, [DAY, NEXT_DAY])
    return lake


@pytest.fixture
def warehouse(settings: Settings, lake: Lake) -> Warehouse:
    return open_warehouse(settings)


def load(warehouse: Warehouse) -> list[str]:
    said: list[str] = []
    warehouse.load([], said.append)
    return said


def loaded(double: Double) -> list[str]:
    """Ids of the statements in BigQuery."""
    table = double.routes.storage.tables[TABLE]
    index = table.index_of("statement_id")
    return sorted(row.cell[index].string_value for row in table.rows)


def uploads(double: Double) -> int:
    return sum(request.startswith("POST /upload/") for request in double.requests)


def test_a_day_goes_into_its_partition_once(double: Double, warehouse: Warehouse) -> None:
    assert any("Loaded 2 days of xapi/statements" in line for line in load(warehouse))
    table = double.routes.storage.tables[TABLE]
    assert (table.partitioned_by, table.filter_required, table.clustered_by) == (
        "day",
        True,
        ["actor_key", "lesson_url"],
    )
    assert loaded(double) == ["a", "b"]
    before = uploads(double)
    assert load(warehouse) == []
    assert uploads(double) == before


def test_a_reopened_day_replaces_itself_and_nothing_else(double: Double, warehouse: Warehouse, lake: Lake) -> None:
    load(warehouse)
    land(lake, "xapi/statements", statement("late", timestamp=NOON.isoformat()), at=NOON + timedelta(days=3))
    lake.build(STATEMENTS, [DAY])
    before = uploads(double)
    assert load(warehouse) == ["Loaded 1 days of xapi/statements into p:analytics_lake.xapi_statements."]
    assert uploads(double) == before + 1
    assert loaded(double) == ["a", "b", "late"]


def test_a_day_that_is_gone_from_the_lake_goes_here_too(double: Double, warehouse: Warehouse, lake: Lake) -> None:
    load(warehouse)
    lake.store.delete(f"lake/xapi/statements/day={DAY}/part-0.parquet")
    load(warehouse)
    assert loaded(double) == ["b"]


def test_a_table_made_anew_gets_every_day_again(double: Double, warehouse: Warehouse) -> None:
    load(warehouse)
    del double.routes.storage.tables[TABLE]
    load(warehouse)
    assert loaded(double) == ["a", "b"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(429, "rateLimitExceeded"), (500, "internalError"), (503, "backendError"), (403, "rateLimitExceeded")],
)
def test_what_passes_is_tried_again(double: Double, warehouse: Warehouse, status: int, reason: str) -> None:
    double.faults.append(Fault(UPLOADS, status, reason, times=2))
    load(warehouse)
    assert loaded(double) == ["a", "b"]


def test_a_lost_answer_runs_nothing_twice(double: Double, warehouse: Warehouse) -> None:
    """The job was accepted and nobody heard: the second sending is answered 409, and the job is looked up."""
    double.faults.append(Fault(r"PUT /upload/|POST /upload/.*multipart", None))
    load(warehouse)
    assert loaded(double) == ["a", "b"]
    jobs = [job for job in double.routes.jobs.jobs.values() if "load" in job.configuration]
    assert len({job.id for job in jobs}) == len(jobs) == 2
    assert any(request.startswith("GET /bigquery/v2/projects/p/jobs/load_") for request in double.requests)


@pytest.mark.parametrize(
    ("request_pattern", "status", "reason", "said"),
    [
        (UPLOADS, 403, "accessDenied", "docs/cloud.md"),
        (UPLOADS, 404, "notFound", "BIGQUERY_LOCATION"),
        (r"POST .*/tables$", 403, "accessDenied", "docs/cloud.md"),
    ],
)
def test_what_does_not_pass_says_what_to_do(
    double: Double, warehouse: Warehouse, request_pattern: str, status: int, reason: str, said: str
) -> None:
    double.faults.append(Fault(request_pattern, status, reason, times=50))
    with pytest.raises(WarehouseError, match=said):
        load(warehouse)


def test_what_fails_too_often_is_given_up(double: Double, warehouse: Warehouse, monkeypatch: Any) -> None:
    monkeypatch.setattr(client_rules, "TRIES", 2)
    double.faults.append(Fault(UPLOADS, 403, "rateLimitExceeded", times=50))
    with pytest.raises(WarehouseError, match="Try again later"):
        load(warehouse)


def test_what_took_long_before_its_answer_was_lost_is_tried_again(monkeypatch: Any) -> None:
    now, asked = [0.0], []
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", lambda _: None)

    def work() -> str:
        asked.append(now[0])
        now[0] += 3600
        if len(asked) < client_rules.TRIES:
            raise requests.exceptions.ConnectionError("reset")
        return "done"

    assert client_rules.trying(work, "A long job") == "done"
    assert len(asked) == client_rules.TRIES


def test_a_table_that_is_not_as_the_contract_says_is_named_with_its_column(
    double: Double, warehouse: Warehouse
) -> None:
    load(warehouse)
    table = double.routes.storage.tables[TABLE]
    table.columns[0].name = "statement"
    with pytest.raises(WarehouseError, match="statement_id is absent in BigQuery and STRING in the contract"):
        load(warehouse)


def test_a_file_with_another_schema_is_refused_with_its_column(
    double: Double, warehouse: Warehouse, lake: Lake, settings: Settings
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = settings.home / "lake" / "xapi" / "statements" / f"day={DAY}" / "part-0.parquet"
    whole = pq.read_table(file)
    pq.write_table(whole.append_column("surprise", pa.array(["x"] * len(whole))), file)
    with pytest.raises(WarehouseError, match=r"surprise.*keeps its old content"):
        load(warehouse)
    assert loaded(double) in ([], ["b"])


def test_a_lake_on_gcs_is_loaded_from_there(tmp_path: Path) -> None:
    """BigQuery reads the day files of the bucket itself: nothing goes through this machine."""
    with emulator("gs", tmp_path) as port:
        settings = Settings(
            platform_home=tmp_path / "home",
            lake_url=f"gs://{BUCKET}/org",
            lake_endpoint=f"http://127.0.0.1:{port}",
            warehouse="bigquery",
            bigquery_project="p",
            _env_file=None,
        )
        lake = open_lake(settings)

        def read_uri(uri: str) -> bytes:
            content = lake.store.read(uri.removeprefix(f"{settings.lake_url}/"))
            assert content is not None
            return content

        with Double(read_uri) as double:
            land(lake, "xapi/statements", statement("a"))
            lake.build(STATEMENTS, [DAY])
            load(open_warehouse(settings.model_copy(update={"bigquery_endpoint": double.endpoint})))
            assert loaded(double) == ["a"]
            assert uploads(double) == 0
