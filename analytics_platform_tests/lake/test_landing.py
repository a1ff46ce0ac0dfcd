"""Landing: whole segments only, many writers at once, and names that tell the order and the count."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pytest

from analytics_platform.contracts import TABLES
from analytics_platform.lake import parse_sql
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import Segment, _segment
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, statement

XAPI = "xapi/statements"


def test_many_writers_never_meet_and_nothing_is_lost(lake: Lake) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: land(lake, XAPI, *(statement(f"{n}-{i}") for i in range(20))), range(24)))
    segments = lake.landing.segments(STATEMENTS, DAY)
    assert len(segments) == 24
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert (entry.received, entry.stored) == (480, 480)


def test_each_line_goes_to_the_folder_of_its_own_day(lake: Lake) -> None:
    land(lake, XAPI, statement("a", timestamp="2026-03-08T23:59:59Z"), statement("b"), at=NOON)
    assert [(segment.day, segment.lines) for segment in lake.landing.segments(STATEMENTS)] == [
        (date(2026, 3, 8), 1),
        (DAY, 1),
    ]


def test_the_payload_is_kept_as_it_came(lake: Lake) -> None:
    payload = '{"b": 1,  "a": {"é": "\\u00e9", "n": 1.0e2}, "b2": [ ]}'
    land(lake, XAPI, payload)
    (segment,) = lake.landing.segments(STATEMENTS)
    with pa.input_stream(str(lake.store.root / segment.key), compression="zstd") as stream:
        line = stream.read().decode()
    assert line == f'{{"received_at":"2026-03-10T12:00:00.000000Z","origin":"test","payload":{payload}}}\n'


def test_segments_sort_by_the_time_of_writing(lake: Lake) -> None:
    for second in (5, 1, 3):
        file = lake.store.root / "draft"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
        lake.landing.adopt(STATEMENTS, DAY, file, 0, datetime(2026, 3, 10, 12, 0, second, tzinfo=UTC), "w")
    names = [segment.name for segment in lake.landing.segments(STATEMENTS, DAY)]
    assert names == sorted(names)
    assert [name[13:15] for name in names] == ["01", "03", "05"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("landing/x/y/day=2026-03-10/20260310T120000000000Z-ab-17.ndjson.zst", 17),
        ("landing/x/y/day=2026-03-10/by-hand.ndjson", None),
        ("landing/x/y/day=2026-03-10/.half.ndjson.zst", "no segment"),
        ("landing/x/y/day=2026-13-10/a-b-1.ndjson.zst", "no segment"),
        ("landing/x/y/day=2026-03-10/readme.txt", "no segment"),
    ],
)
def test_only_finished_segments_in_day_folders_count(key: str, expected: int | str | None) -> None:
    segment = _segment(key)
    found = segment.lines if isinstance(segment, Segment) else "no segment"
    assert found == expected


@pytest.mark.parametrize("path", TABLES)
def test_dating_takes_few_fields_and_finds_the_same_times(path: str) -> None:
    table = TABLES[path]
    assert 0 < len(table.dating.shape) < len(table.shape)
    times: list[object] = ["2026-03-08T23:59:59Z", "2999-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "no time", 7, None]
    plain: list[dict[str, object]] = [{}, *({name: time} for name in table.dating.shape for time in times)]
    odd: list[dict[str, object]] = [{**fields, "actor": 1, "object": [], "payload": "x"} for fields in plain]
    wrapped: list[dict[str, object]] = [{"event_type": "xapi_statement", "data": fields} for fields in plain]
    texts = [json.dumps(value) for value in (*plain, *odd, *wrapped, [], 1)]
    rows = ", ".join(f"({n}, timestamptz '{NOON}', '{text}'::json)" for n, text in enumerate(texts))
    lines = f"(select * from (values {rows}) as lines(number, received_at, payload))"
    first = date(2020, 1, 1)
    with duckdb.connect() as connection:
        few, all_fields = (
            connection.execute(
                f"select number, claimed_at, clock_skewed, day from ({parse_sql.timed(asked, lines, first)})"
                " order by number"
            ).fetchall()
            for asked in (table.dating, table)
        )
    assert few == all_fields
    assert len({row[3] for row in few}) > 1
