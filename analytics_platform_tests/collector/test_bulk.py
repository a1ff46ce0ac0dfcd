"""Bulk loads, over HTTP and from files: each statement has its verdict, and nothing is lost on the way to the lake."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from analytics_platform.collector.errors import NotJson
from analytics_platform.collector.importing import import_statements
from analytics_platform.collector.intake import arrays
from analytics_platform.collector.intake.arrays import array_texts
from analytics_platform.errors import PlatformError

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
    reasons = "refused: actor must have exactly one of account, mbox, mbox_sha1sum, openid; it has none"
    assert sum((Counter(entry.reasons) for entry in entries), Counter()) == {
        reasons: 1,
        "not_json": 1,
        "not_utf8": 1,
        "refused: the id is stored with other content": 1,
    }
    files = [str(file) for file in collector.settings.home.glob("quarantine/xapi/statements/*/*.parquet")]
    found = duckdb.execute("select payload from read_parquet($1) where reason = $2", [files, reasons]).fetchall()
    assert [json.loads(payload) for (payload,) in found] == [BAD]


def test_an_array(collector: Collector) -> None:
    answer = collector.client.post("/v1/xapi/batch", json=[GOOD, BAD, "x"]).json()
    assert (answer["received"], answer["stored"], answer["refused"]) == (3, 1, 2)
    assert collector.client.post("/v1/xapi/batch", content=b"[{}, ").status_code == 400
    one = json.dumps(TWIN, indent=1).encode()
    headers = {"Content-Type": "application/json"}
    assert collector.client.post("/v1/xapi/batch", content=one, headers=headers).json()["stored"] == 1


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
    assert "a.ndjson #2 actor:" in report.examples[0]
    assert told[-1] <= sum(file.stat().st_size for file in (plain, packed, array))
    assert len(collector.client.get("/xapi/statements").json()["statements"]) == 3


ITEMS = [b"{}", b"1.5e3", b'"],[\\""', b'{"a":[1,{"b":"}"}]}', b"null", '"😀"'.encode(), b'"\xff"', b'"\x01"', b"[]"]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("comma", [b",", b" ,\n"])
def test_an_array_in_chunks_is_its_items(size: int, comma: bytes) -> None:
    whole = b" [ " + comma.join(ITEMS) + b"]\n"
    assert list(array_texts(whole[start : start + size] for start in range(0, len(whole), size))) == ITEMS
    assert list(array_texts([b"[", b" ]"])) == []


@pytest.mark.parametrize("text", [b"", b"[", b"[1,", b"[1,]", b"[1 2]", b"[1]x", b"{}", b"[" * 9999, b"[1", b'["a'])
def test_what_is_no_whole_array_is_said(text: bytes) -> None:
    with pytest.raises(NotJson):
        list(array_texts([text[:3], text[3:]]))


def test_a_long_array_needs_the_room_of_an_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "LONGEST", 1000)
    given, most = 0, 0

    def chunks() -> Iterator[bytes]:
        nonlocal given
        yield b"["
        for _ in range(2000):
            given += 1
            yield b'"' + b"x" * 50 + b'",'

    for taken, _ in enumerate(array_texts(chunks())):
        most = max(most, given - taken)
        if taken > 1990:
            break
    assert most < 5
    with pytest.raises(NotJson):
        list(array_texts(iter([b'["' + b"x" * 600, b"x" * 600, b'"]'])))


def test_a_broken_file_keeps_what_came_before(collector: Collector, tmp_path: Path) -> None:
    file = tmp_path / "torn.json"
    file.write_text(json.dumps([with_id() for _ in range(700)])[:-100])
    with pytest.raises(PlatformError, match=r"torn.json cannot be read to its end"):
        import_statements(collector.database, [file], "https://c.example", lambda _: None)
    assert len(collector.client.get("/xapi/statements", params={"limit": "400"}).json()["statements"]) == 400
    connection = collector.database.connect()
    assert connection.rows("select count(*) from statements") == [(699,)]
    connection.close()
