"""A file of any size and order: judged window by window, in bounded memory, with the same answer."""

import csv
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from analytics_platform.insights import scoring, series_csv, sorted_file
from analytics_platform.insights.file_verdicts import Form, Known, tell
from analytics_platform.insights.series_csv import Columns, Reader, Series
from analytics_platform.insights.sorted_file import read_series, spooled

pytestmark = pytest.mark.slow

HOURS, NAMES = 24 * 20, ("b", "a", "with, comma", "c")
CHILD = """
import resource, sys
from pathlib import Path
from analytics_platform.insights import scoring
from analytics_platform.insights import series_csv
from analytics_platform.insights.file_verdicts import Form, Known, tell
from analytics_platform.insights.series_csv import Columns
series_csv.BLOCK_BYTES, scoring.CELLS, scoring.WINDOW = 500_000, 15_000, 30_000
with open("/dev/null", "wb") as sink:
    tell(Path(sys.argv[1]), Columns(), Form.csv, sink, print, Known())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def lines_of(by_time: bool) -> list[str]:
    rng = np.random.default_rng(3)
    times = np.datetime64("2026-01-01T00:00:00") + np.arange(HOURS) * np.timedelta64(1, "h")
    values = 100 + 20 * np.sin(np.arange(HOURS) * np.pi / 12) + rng.normal(size=(len(NAMES), HOURS))
    values[:, 400] += 50
    lines = [
        f'"{name}",{time},{values[place, row]:.3f}'
        for place, name in enumerate(NAMES)
        for row, time in enumerate(times)
    ]
    return [lines[row + HOURS * place] for row in range(HOURS) for place in range(len(NAMES))] if by_time else lines


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(["series,timestamp,value", *lines]) + "\n")
    return path


def scored(path: Path, form: Form = Form.csv) -> bytes:
    sink = io.BytesIO()
    tell(path, Columns(), form, sink, print, Known())
    return sink.getvalue()


def rows_of(answer: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.decode())))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks, pieces and windows so small that a small file goes through many of each."""
    monkeypatch.setattr(series_csv, "BLOCK_BYTES", 3_000)
    monkeypatch.setattr(sorted_file, "PIECE", 100)
    monkeypatch.setattr(scoring, "WINDOW", 700)


@pytest.mark.parametrize("by_time", [False, True])
def test_the_answer_does_not_depend_on_the_size_of_the_pieces(
    by_time: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = write(tmp_path / "file.csv", lines_of(by_time))
    with spooled(path) as held:
        assert held.in_order is not by_time
    whole = {form: scored(path, form) for form in Form}
    request.getfixturevalue("tiny")
    assert {form: scored(path, form) for form in Form} == whole


@pytest.mark.usefixtures("tiny")
def test_rows_come_out_in_the_order_of_the_file(tmp_path: Path) -> None:
    apart = {
        (row["series"], row["timestamp"]): row
        for row in rows_of(scored(write(tmp_path / "apart.csv", lines_of(by_time=False))))
    }
    lines = lines_of(by_time=True)
    mixed = rows_of(scored(write(tmp_path / "mixed.csv", lines)))
    assert [(row["series"], row["timestamp"]) for row in mixed] == [
        tuple(row[:2]) for row in csv.reader(io.StringIO("\n".join(lines)))
    ]
    assert all(row == apart[row["series"], row["timestamp"]] for row in mixed)
    assert sum(row["is_anomaly"] == "true" for row in mixed) >= len(NAMES)


@pytest.mark.usefixtures("tiny")
def test_a_wrong_value_far_down_is_told_with_its_line(tmp_path: Path) -> None:
    lines = lines_of(by_time=False)
    lines[1500] = "c,2026-01-05T00:00:00,oops"
    with pytest.raises(Exception, match="line 1502: 'oops' is no number"):
        list(Reader(write(tmp_path / "wrong.csv", lines)).blocks())


@pytest.mark.usefixtures("tiny")
def test_a_time_of_another_writing_far_down_is_told(tmp_path: Path) -> None:
    lines = lines_of(by_time=False)
    lines[1500] = "c,1767225600,5"
    with pytest.raises(Exception, match="line 1502: '1767225600' is no time"):
        list(Reader(write(tmp_path / "wrong.csv", lines)).blocks())


@pytest.mark.usefixtures("tiny")
def test_rows_without_a_value_have_no_verdict_wherever_they_stand(tmp_path: Path) -> None:
    lines = [line.rsplit(",", 1)[0] + "," if 100 <= row < 420 else line for row, line in enumerate(lines_of(True))]
    rows = rows_of(scored(write(tmp_path / "gaps.csv", lines)))
    assert len(rows) == len(lines)
    assert [place for place, row in enumerate(rows) if row["score"] == ""] == list(range(100, 420))


@pytest.mark.usefixtures("tiny")
def test_notes_count_over_the_whole_file(tmp_path: Path) -> None:
    lines = lines_of(by_time=True)
    lines[5], lines[1500] = lines[1500], lines[5]
    lines.append(lines[-1])
    _, notes = read_series(write(tmp_path / "odd.csv", lines))
    assert len(notes) == 2
    assert "older than the row before" in notes[0]
    assert notes[1].startswith("1 rows repeat a time")


def test_not_more_than_two_windows_of_series_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "WINDOW", 600)
    taken = given = 0

    def source() -> Iterator[Series]:
        nonlocal taken
        rng = np.random.default_rng(0)
        for place in range(40):
            taken += 1
            yield Series(str(place), np.arange(300) * 3600, rng.normal(size=300), np.arange(300))

    for judged in scoring.score_stream(source()):
        given += len(judged)
        assert taken - given <= 2
    assert given == 40


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Five times the rows, mixed by time so that they are sorted on disk. A row whole in memory would be 400 bytes."""
    peaks = []
    for series in (300, 1500):
        path = tmp_path / f"{series}.csv"
        hours = np.datetime64("2026-01-01T00:00:00") + np.arange(200) * np.timedelta64(1, "h")
        rows = "".join(f"s{place},{{time}},{place % 7 + 0.5}\n" for place in range(series))
        path.write_text("series,timestamp,value\n" + "".join(rows.format(time=time) for time in hours))
        done = subprocess.run([sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout.split()[-1]))
    assert peaks[1] - peaks[0] < 65, peaks  # MB, for 240,000 rows more
