"""``anomalies score`` and ``forecast`` on the command line: what comes out, and what is said of wrong files."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from analytics_platform.cli import app
from analytics_platform.errors import PlatformError
from analytics_platform.insights.sorted_file import read_series

FIRST = ["timestamp", "value", "expected", "low", "high", "z", "score", "is_anomaly", "incident"]
MORE = ["z_outlier", "iqr_outlier", "direction", "severity", "signal"]


def run(*words: str | Path, text: str | None = None) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words], input=text, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """Thirty days of hours with one spike, in a file."""
    rng = np.random.default_rng(1)
    times = np.datetime64("2026-01-01T00:00:00") + np.arange(720) * np.timedelta64(1, "h")
    values = 50 + 10 * np.sin(2 * np.pi * np.arange(720) / 24) + rng.normal(size=720)
    values[500] += 30
    return write(
        tmp_path / "hours.csv",
        "timestamp,value",
        [f"{time},{value:.4f}" for time, value in zip(times, values, strict=True)],
    )


def write(path: Path, head: str, lines: list[str]) -> Path:
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


def test_csv_has_a_row_for_a_row_in_the_order_of_the_file(hours: Path) -> None:
    rows = rows_of(run("anomalies", "score", hours, "--csv"))
    assert list(rows[0]) == [*FIRST, *MORE]
    assert [row["timestamp"] for row in rows] == [row["timestamp"] for row in rows_of(hours.read_text())]
    assert [place for place, row in enumerate(rows) if row["is_anomaly"] == "true"] == [500]
    hit = rows[500]
    assert float(hit["score"]) > 0.5
    assert (hit["z_outlier"], hit["iqr_outlier"]) == ("true", "true")
    assert float(hit["low"]) < float(hit["expected"]) < float(hit["high"]) < float(hit["value"])
    assert (hit["incident"], hit["direction"], hit["severity"]) == ("1", "up", "high")
    assert (rows[3]["score"], rows[3]["expected"]) == ("0", "")


def test_a_longer_file_says_the_same_of_its_first_rows(hours: Path, tmp_path: Path) -> None:
    lines = hours.read_text().splitlines()[1:]
    short = write(tmp_path / "short.csv", "timestamp,value", lines[:600])
    other = [line if row < 600 else line.split(",")[0] + f",{row % 9 * 1e6}" for row, line in enumerate(lines)]
    wild = write(tmp_path / "wild.csv", "timestamp,value", other)
    told = run("anomalies", "score", short, "--csv").splitlines()
    assert run("anomalies", "score", hours, "--csv").splitlines()[:601] == told
    assert run("anomalies", "score", wild, "--csv").splitlines()[:601] == told


def test_json_has_incidents_and_rows(hours: Path) -> None:
    answer = json.loads(run("anomalies", "score", hours, "--json"))
    assert len(answer["rows"]) == 720
    (incident,) = answer["incidents"]
    assert incident["from"] == "2026-01-21T20:00:00Z"
    assert answer["rows"][500]["is_anomaly"] is True
    assert answer["rows"][0]["expected"] is None


def test_the_table_is_for_people(hours: Path) -> None:
    assert "2026-01-21T20:00:00Z" in run("anomalies", "score", hours)


def test_standard_input_and_other_names_are_taken(hours: Path) -> None:
    text = hours.read_text().replace("timestamp,value", "When, Amount")
    rows = rows_of(run("anomalies", "score", "-", "--csv", "--timestamp", "when", "--value", "amount", text=text))
    assert sum(row["is_anomaly"] == "true" for row in rows) == 1


def test_disorder_is_judged_in_order_of_time_and_written_as_it_came(hours: Path, tmp_path: Path) -> None:
    lines = hours.read_text().splitlines()[1:]
    mixed = write(tmp_path / "mixed.csv", "timestamp,value", lines[::-1])
    ours, theirs = (
        rows_of(run("anomalies", "score", hours, "--csv")),
        rows_of(run("anomalies", "score", mixed, "--csv")),
    )
    assert theirs == ours[::-1]


def test_many_series_in_one_file_are_judged_apart(hours: Path, tmp_path: Path) -> None:
    lines = hours.read_text().splitlines()[1:]
    both = [f"{name},{line}" for line in lines for name in ('"a, b"', "c")]
    rows = rows_of(run("anomalies", "score", write(tmp_path / "two.csv", "series,timestamp,value", both), "--csv"))
    alone = rows_of(run("anomalies", "score", hours, "--csv"))
    for name in ("a, b", "c"):
        assert [row["score"] for row in rows if row["series"] == name] == [row["score"] for row in alone]


def test_missing_values_repeated_times_and_gaps_are_taken_and_told(hours: Path, tmp_path: Path) -> None:
    lines = hours.read_text().splitlines()[1:]
    lines[200] = lines[200].split(",")[0] + ",NaN"
    lines[201] = lines[201].split(",")[0] + ","
    lines.insert(300, lines[300])
    del lines[400:420]
    path = write(tmp_path / "odd.csv", "timestamp,value", lines)
    rows = rows_of(run("anomalies", "score", path, "--csv"))
    assert len(rows) == len(lines)
    assert (rows[200]["value"], rows[200]["score"], rows[200]["is_anomaly"]) == ("", "", "")
    assert read_series(path)[1] == [
        "2 rows have no value; they are not judged",
        "1 rows repeat a time of their series; each is judged, in the order of the file",
    ]


@pytest.mark.parametrize(
    "shape", ["2026-01-0{}T00:00:00Z", "2026-01-0{} 02:00:00+02:00", "2026-01-0{}", "176722560{}000"]
)
def test_times_in_several_writings(shape: str, tmp_path: Path) -> None:
    lines = [f"{shape.format(day)},{day}" for day in (1, 2)]
    ((held,), _) = read_series(write(tmp_path / "t.csv", "timestamp,value", lines))
    assert held.times[0] == (1767225601 if shape.startswith("17") else 1767225600)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("timestamp,value\n", "no rows"),
        ("time,value\n2026-01-01,1\n", "has no column timestamp; it has time, value"),
        ("timestamp,amount\n2026-01-01,1\n", "--value"),
        ("timestamp,value\n2026-01-01,1\nyesterday,2\n", "line 3: 'yesterday' is no time"),
        ("timestamp,value\n2026-01-01,1\n2026-01-02,many\n", "line 3: 'many' is no number"),
        ("timestamp,value\n2026-01-01,1\n2026-01-02,-1e200\n", "line 3: -1e200 is larger than"),
        ("timestamp,value\n2026-01-01,1\n2026-01-02,1,3\n", "cannot be read as CSV"),
    ],
)
def test_a_wrong_file_is_told_where_and_what_to_do(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text(text)
    for command in (("anomalies", "score"), ("forecast", "--horizon", "3")):
        with pytest.raises(PlatformError, match=words):
            run(*command, path)


def test_no_file_is_told() -> None:
    with pytest.raises(PlatformError, match="is not a file"):
        run("anomalies", "score", "nowhere.csv")


@pytest.mark.parametrize(
    "lines", [["2026-01-01,5"], ["2026-01-01,"], [f"2026-01-01T{hour:02}:00:00,5" for hour in range(24)]]
)
def test_one_row_no_value_and_a_constant_are_no_error(lines: list[str], tmp_path: Path) -> None:
    path = write(tmp_path / "small.csv", "timestamp,value", lines)
    assert "No incident" in run("anomalies", "score", path)
    assert len(rows_of(run("anomalies", "score", path, "--csv"))) == len(lines)
    assert "No forecast" in run("forecast", path, "--horizon", "5")


def test_forecast_prints_its_measures_and_numbers(hours: Path) -> None:
    told = run("forecast", hours, "--horizon", "24", "--limit", "58")
    assert "MASE" in told
    assert "58 is reached" in told
    answer = json.loads(run("forecast", hours, "--horizon", "24", "--json", "--limit", "1000"))
    (series,) = answer["series"]
    assert not series["abstained"]
    assert series["folds"] >= 3
    assert series["mase"] < 1
    assert len(series["forecast"]) == 24
    step = series["forecast"][5]
    assert step["timestamp"] == "2026-01-31T05:00:00Z"
    assert step["low_95"] < step["low_80"] < step["mean"] < step["high_80"] < step["high_95"]
    assert series["capacity"]["expected"] is None


@pytest.mark.parametrize("words", [("anomalies", "--help"), ("anomalies", "score", "--help"), ("forecast", "--help")])
def test_help_reads_well(words: tuple[str, ...]) -> None:
    assert "Usage" in run(*words)
