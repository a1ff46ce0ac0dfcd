"""Verdicts to CSV, JSON or a table for people, in the order and the words of the file that was read.

A row without a value has empty verdicts; a row of the warm-up has score 0 and no expectation. Does not live here: what
the verdicts are (verdicts).
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from analytics_platform.insights.reading import Series, SeriesFile
from analytics_platform.insights.signals import NAMES
from analytics_platform.insights.verdicts import SEVERITIES, Verdicts, incidents_of

PIECE = 200_000
NUMBERS = ("expected", "low", "high", "z", "score")


class Answer:
    """The verdicts of a file, filled series by series."""

    def __init__(self, file: SeriesFile) -> None:
        rows = len(file.values)
        self.file = file
        self.numbers = {name: np.full(rows, np.nan) for name in NUMBERS}
        self.incident = np.zeros(rows, dtype=np.int32)
        self.flags = {name: np.zeros(rows, dtype=bool) for name in ("is_anomaly", "z_outlier", "iqr_outlier")}
        self.codes = {name: np.zeros(rows, dtype=np.int8) for name in ("direction", "severity", "signal")}
        self.incidents: list[dict[str, Any]] = []

    def add(self, series: Series, verdicts: Verdicts) -> None:
        rows = series.rows
        for part in (self.numbers, self.flags, self.codes):
            for name, column in part.items():
                column[rows] = getattr(verdicts, name)
        self.incident[rows] = verdicts.incident
        for incident in incidents_of(verdicts):
            self.incidents.append(
                {
                    **({"series": series.name} if "series" in self.file.text.column_names else {}),
                    "incident": incident.number,
                    "from": stamp(series.times[incident.alarm]),
                    "to": stamp(series.times[incident.last]),
                    "peak": stamp(series.times[incident.peak]),
                    "value": float(series.values[incident.peak]),
                    "expected": rounded(verdicts.expected[incident.peak]),
                    "z": rounded(verdicts.z[incident.peak]),
                    "score": rounded(verdicts.score[incident.alarm]),
                    "direction": incident.direction,
                    "severity": incident.severity,
                    "signal": incident.signal,
                }
            )

    def table(self, start: int, stop: int) -> pa.Table:
        """Rows as they are written."""
        part = slice(start, stop)
        text = self.file.text.slice(start, stop - start)
        valued = np.isfinite(self.file.values[part])
        within = self.incident[part] > 0
        columns: dict[str, Any] = {"series": text["series"]} if "series" in text.column_names else {}
        columns["timestamp"] = text["timestamp"]
        columns["value"] = pa.array(self.file.values[part], mask=~valued)
        for name, column in self.numbers.items():
            numbers = _significant(column[part])
            columns[name] = pa.array(numbers, mask=~np.isfinite(numbers))
        columns["is_anomaly"] = pa.array(self.flags["is_anomaly"][part], mask=~valued)
        columns["incident"] = pa.array(self.incident[part], mask=~within)
        for name in ("z_outlier", "iqr_outlier"):
            columns[name] = pa.array(self.flags[name][part], mask=~valued)
        for name, words in (("direction", ("", "up", "down")), ("severity", SEVERITIES), ("signal", NAMES)):
            codes = self.codes[name][part]
            columns[name] = pa.array(np.array(words, dtype=object)[codes], pa.string(), mask=~within)
        return pa.table(columns)

    def pieces(self) -> Iterator[pa.Table]:
        for start in range(0, len(self.incident), PIECE):
            yield self.table(start, min(start + PIECE, len(self.incident)))

    def write_csv(self, sink: BinaryIO) -> None:
        text = self.file.text
        plain = not any(pc.any(pc.match_substring_regex(column, '[",\r\n]')).as_py() for column in text.columns)
        options = csv.WriteOptions(include_header=False, quoting_style="none" if plain else "needed")
        sink.write((",".join(self.table(0, 0).column_names) + "\n").encode())
        for piece in self.pieces():
            csv.write_csv(piece, sink, options)

    def write_json(self, sink: BinaryIO) -> None:
        """One object: notes, incidents, rows. Rows are written piece by piece."""
        import orjson

        head = {"notes": self.file.notes, "incidents": self.incidents}
        sink.write(orjson.dumps(head)[:-1] + b',"rows":[')
        for number, piece in enumerate(self.pieces()):
            sink.write((b"," if number else b"") + orjson.dumps(piece.to_pylist())[1:-1])
        sink.write(b"]}\n")


def incident_lines(incidents: Sequence[dict[str, Any]], many: bool) -> list[str]:
    """A table for people."""
    name = f"{'series':<20}" if many else ""
    lines = [f"{name}{'from':<21}{'to':<21}{'value':>12}{'expected':>12}{'z':>8}{'score':>7}  severity  signal"]
    for each in incidents:
        name = f"{each['series'][:19]:<20}" if many else ""
        lines.append(
            f"{name}{each['from']:<21}{each['to']:<21}{each['value']:>12.6g}{each['expected']:>12.6g}"
            f"{each['z']:>8.1f}{each['score']:>7.2f}  {each['severity']:<9} {each['signal']} {each['direction']}"
        )
    return lines


def stamp(seconds: int | np.int64) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rounded(number: float) -> float:
    return float(f"{number:.6g}")


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _significant(numbers: NDArray[np.float64], digits: int = 6) -> NDArray[np.float64]:
    """Six digits: more would be noise, and take space."""
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(numbers))))
        short = np.round(numbers * power) / power
    return np.where(np.isfinite(short) & (numbers != 0), short, numbers)
