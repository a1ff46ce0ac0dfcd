"""Bulk loads, over HTTP and from files: each statement has its verdict, and nothing is lost on the way to the lake."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest

from analytics_platform.collector.importing import import_statements

from .conftest import Collector
from .samples import with_id

GOOD, TWIN = with_id(timestamp="2026-01-02T03:04:05Z"), with_id(timestamp="2026-01-02T03:04:05Z")
BAD = with_id(actor={"name": "nobody"})
LINES = [
    json.dumps(GOOD).encode(),
    json.dumps(BAD).encode(),
    b"{broken",
    json.dumps(GOOD).encode(),
    json.dumps(GOOD | {"result": {"success": False}}).encode(),
    b'\xff\xfe"',
    json.dumps(TWIN).encode(),
]
VERDICTS = ["stored", "refused", "refused", "duplicate", "conflict", "refused", "stored"]


@pytest.mark.parametrize("packing", ["identity", "gzip", "zstd"])
def test_verdicts_and_quarantine(collector: Collector, packing: str) -> None:
    body = b"\n".join(LINES)
    packed = {"identity": body, "gzip": gzip.compress(body), "zstd": pa.compress(body, "zstd", asbytes=True)}[packing]
    answer = collector.client.post("/v1/xapi/batch", content=packed, headers={"Content-Encoding": packing})
    assert answer.status_code == 200, answer.text
    verdicts = answer.json()["verdicts"]
    assert [verdict["verdict"] for verdict in verdicts] == VERDICTS
    assert verdicts[1]["where"] == "actor"
    assert all("reason" in verdict for verdict in verdicts if verdict["verdict"] in ("refused", "conflict"))
    assert collector.ship() == 6
    entries = collector.build_lake("xapi/statements")
    assert sum(entry.stored for entry in entries) == 2
    assert sum(entry.quarantined for entry in entries) == 4
    assert all(entry.balances for entry in entries)


def test_an_array(collector: Collector) -> None:
    answer = collector.client.post("/v1/xapi/batch", json=[GOOD, BAD, "x"]).json()
    assert (answer["received"], answer["stored"], answer["refused"]) == (3, 1, 2)


def test_a_bomb_is_not_unpacked(collector: Collector) -> None:
    bomb = gzip.compress(b" " * (20 << 20))
    answer = collector.client.post("/v1/xapi/batch", content=bomb, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413
    answer = collector.client.post("/v1/xapi/batch", content=b"nothing packed", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 400


def test_files(collector: Collector, tmp_path: Path) -> None:
    plain, packed, array = tmp_path / "a.ndjson", tmp_path / "b.ndjson.gz", tmp_path / "c.json.zst"
    plain.write_bytes(b"\n".join(LINES))
    packed.write_bytes(gzip.compress(b"\n".join(LINES)))
    array.write_bytes(pa.compress(json.dumps([with_id(), BAD]).encode(), "zstd", asbytes=True))
    told: list[int] = []
    report = import_statements(collector.database, [plain, packed, array], "https://c.example", told.append)
    assert report.counts == {"stored": 3, "duplicate": 4, "conflict": 2, "refused": 7}
    assert "a.ndjson #1 actor:" in report.examples[0]
    assert told[-1] <= sum(file.stat().st_size for file in (plain, packed, array))
    assert len(collector.client.get("/xapi/statements").json()["statements"]) == 3
