"""Landing: whole segments only, many writers at once, and names that tell the order and the count."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from analytics_platform.lake.days import Lake
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
