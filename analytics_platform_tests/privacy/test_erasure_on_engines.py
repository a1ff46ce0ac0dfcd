"""A person leaves PostgreSQL, a bucket and BigQuery: the collector's store, the lake and the marts of a larger place.

Real PostgreSQL, moto's S3, Google's analyzer behind the BigQuery double; every row and every object is looked through.
Does not live here: the same on one machine (``test_erasure``), which holds every kind of source and file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics_platform.commands.pumps import open_pump
from analytics_platform.lake import open_lake
from analytics_platform.privacy.erasing import Erasure, not_reached
from analytics_platform.privacy.searching import search
from analytics_platform.settings import Settings
from analytics_platform.warehouse.building import build_marts
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform_tests.bigquery.double import Double
from analytics_platform_tests.collector.conftest import Collector, start  # noqa: F401  a fixture
from analytics_platform_tests.collector.samples import with_id
from analytics_platform_tests.lake.buckets import BUCKET, KEYS, emulator
from analytics_platform_tests.lines import STATEMENTS
from analytics_platform_tests.postgres import postgres_server

pytestmark = pytest.mark.proof

ADDRESS, SECRET = "wilhelmina.quastenflosser@canary.example", "the canary saw the third floor archive"
WORDS = (ADDRESS, "Quastenflosser", SECRET)
ADA: dict[str, Any] = {"mbox": f"mailto:{ADDRESS}", "name": "Wilhelmina Quastenflosser"}
EVE: dict[str, Any] = {"mbox": "mailto:eve@example.org", "name": "Eve"}
# What a person is known by, with everything below: all marts take ten minutes in the double.
SELECT = ["+users,resource_type:model", "+person_identifiers,resource_type:model"]


@dataclass
class Place:
    """One installation on engines."""

    collector: Collector
    settings: Settings
    double: Double
    scratch: Path

    def build(self) -> bool:
        now = datetime.now(UTC)
        results = build_marts(self.settings, [], SELECT, f"test at {now}", lambda _: None)
        assert [result.message for result in results if not result.succeeded] == []
        self.publish()
        return True

    def publish(self) -> None:
        open_warehouse(self.settings).publish("test", datetime.now(UTC), lambda _: None)

    def land(self) -> None:
        """Ship what the collector has, and parse every day."""
        open_pump(self.settings, "collector").once()
        lake = open_lake(self.settings)
        lake.build(STATEMENTS, sorted({segment.day for segment in lake.landing.segments(STATEMENTS)}))

    def in_store(self) -> list[str]:
        """Tables of PostgreSQL with a row that holds a word of hers."""
        connection = self.collector.database.connect()
        try:
            tables = connection.rows("select table_name from information_schema.tables where table_schema = 'public'")
            found = []
            for (table,) in tables:
                for row in connection.rows(f"select * from {table}"):
                    text = "|".join(bytes(v).decode(errors="replace") if isinstance(v, (bytes, memoryview)) else str(v)
                                    for v in row).lower()  # fmt: skip
                    found += [table for word in WORDS if word.lower() in text]
            return sorted(set(found))
        finally:
            connection.close()

    def in_bucket(self) -> list[str]:
        """Objects that hold a word of hers, packed ones unpacked."""
        store = open_lake(self.settings).store
        folder = self.scratch / f"copy-{datetime.now(UTC):%H%M%S%f}"
        for key in store.keys(""):
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            (folder / key).write_bytes(store.read(key) or b"")
        assert any(folder.rglob("*.parquet"))
        return sorted(search(folder, WORDS))

    def in_bigquery(self) -> list[str]:
        """Tables of the double that hold a word of hers: steps, marts, clones of older versions.

        Results of queries are left out: BigQuery drops them by itself after a day.
        """
        tables = self.double.routes.storage.tables
        return sorted(
            {
                f"{path[1]}.{path[2]}"
                for path, table in tables.items()
                for word in WORDS
                if path[1] != "_results" and word.lower() in str(table.rows).lower()
            }
        )


@pytest.fixture
def place(
    start: Callable[..., Collector],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Place]:
    pytest.importorskip("psycopg", reason="needs the extra [postgres]")
    pytest.importorskip("dbt.adapters.bigquery", reason="needs the extra [gcp]")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "bucket").mkdir()
    with postgres_server() as store, emulator("s3", tmp_path / "bucket") as port, Double() as double:
        collector = start(
            collector_store_url=store,
            lake_url=f"s3://{BUCKET}/erasing",
            lake_endpoint=f"http://127.0.0.1:{port}",
            warehouse="bigquery",
            bigquery_project="parity",
            bigquery_endpoint=double.endpoint,
        )
        yield Place(collector, collector.settings, double, tmp_path)


def test_a_person_leaves_the_engines_and_does_not_come_back(place: Place) -> None:
    client = place.collector.client
    hers = with_id(actor=ADA, result={"response": SECRET})
    about_her = with_id(
        actor=EVE, context={"instructor": ADA, "contextActivities": {"parent": [{"id": "https://a.b/c"}]}}
    )
    own = with_id(actor=EVE, result={"response": "a walk"})
    assert client.post("/xapi/statements", json=[hers, about_her, own]).status_code == 200
    state = {"activityId": "https://a.b/c", "stateId": "s", "agent": f'{{"mbox": "mailto:{ADDRESS}"}}'}
    assert client.put("/xapi/activities/state", params=state, json={"note": SECRET}).status_code == 204
    assert client.post("/xapi/statements", json={"actor": ADA, "verb": "none"}).status_code == 400  # kept as refused
    place.land()
    place.build()
    place.publish()  # and an older version has her, too
    waiting = with_id(actor=ADA, result={"response": SECRET})
    assert client.post("/xapi/statements", json=waiting).status_code == 200
    assert {"statements", "documents"} <= set(place.in_store())
    assert {name.split("/")[0] for name in place.in_bucket()} >= {"landing", "lake"}
    held = place.in_bigquery()
    assert {name.partition(".")[0] for name in held} >= {
        "analytics_lake",
        "analytics_intermediate",
        "analytics_snapshots",
    }
    assert len([name for name in held if ".person_identifiers__" in name]) == 2

    would = list((dry := Erasure(place.settings, lambda: False, dry_run=True)).steps(dry.begin(ADDRESS)))
    assert place.in_bigquery() == held
    assert sum(one.count for one in would if "xapi/statements" in one.place) == 1  # the other one has not landed
    erasure = Erasure(place.settings, place.build)
    removed = {one.place: one.count for one in erasure.steps(erasure.begin(ADDRESS))}

    assert not erasure.is_under_way
    assert removed["published snapshots"] == 2
    assert place.in_store() == []
    assert place.in_bucket() == []
    assert place.in_bigquery() == []
    assert search(place.settings.home, WORDS) == {}
    assert any("time travel" in words for words in not_reached(place.settings))

    answer = client.get(f"/xapi/statements?statementId={own['id']}")
    assert answer.json()["result"]["response"] == "a walk"  # Eve's are there
    with open_warehouse(place.settings).reader() as reader:
        rows = reader.query("select identifier from person_identifiers").to_pylist()
    assert [row["identifier"] for row in rows] == ["mbox:eve@example.org"]

    again = with_id(actor=ADA, result={"response": SECRET})
    client.post("/xapi/statements", json=again)  # the system that delivers knows nothing of it
    place.land()
    assert place.in_bucket() == []
