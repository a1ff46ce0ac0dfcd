"""Verdicts to CSV, JSON or a table for people, in the order and the words of the file that was read.

A row without a value has empty verdicts; a row of the warm-up has score 0 and no expectation. Does not live here: what
the verdicts are (verdicts).
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from analytics_platform.insights.gaps import BEHAVIOUR, DATA_GAP, Checks
from analytics_platform.insights.series_csv import Reader, Series
from analytics_platform.insights.signals import NAMES
from analytics_platform.insights.verdicts import SEVERITIES, Verdicts, incidents_of

NUMBERS = ("value", "expected", "low", "high", "z", "score")
FLAGS = ("is_anomaly", "z_outlier", "iqr_outlier")
CODES = {"direction": ("", "up", "down"), "severity": SEVERITIES, "signal": NAMES}
NATURES = (BEHAVIOUR, DATA_GAP)
ORDER = (*NUMBERS, "is_anomaly", "incident", "z_outlier", "iqr_outlier", *CODES)


def verdict_table(judged: Sequence[tuple[Series, Verdicts]], checks: Checks | None = None) -> pa.Table:
    """Of some series, by row of the file; with checks also the nature of each incident."""
    tables = []
    for series, verdicts in judged:
        columns = {name: getattr(verdicts, name) for name in (*NUMBERS[1:], *FLAGS, "incident")}
        columns |= {name: getattr(verdicts, name) for name in CODES}
        if checks is not None:
            columns["nature"] = _natures(series, verdicts, checks)
        tables.append(pa.table({"row": series.rows, "value": series.values, **columns}))
    return pa.concat_tables(tables)


def _natures(series: Series, verdicts: Verdicts, checks: Checks) -> NDArray[np.int8]:
    natures = np.zeros(len(series.times), dtype=np.int8)
    for each in incidents_of(verdicts):
        found = checks.nature(series.name, int(series.times[each.alarm]), int(series.times[each.last]))
        natures[verdicts.incident == each.number] = NATURES.index(found.kind)
    return natures


def incident_rows(series: Series, verdicts: Verdicts, many: bool, checks: Checks | None = None) -> list[dict[str, Any]]:
    """Incidents of one series, as they are told."""
    told: list[dict[str, Any]] = []
    for incident in incidents_of(verdicts):
        row = {
            **({"series": series.name} if many else {}),
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
        if checks is not None:
            found = checks.nature(series.name, int(series.times[incident.alarm]), int(series.times[incident.last]))
            row |= {"nature": found.kind, "failed_checks": list(found.checks)}
        told.append(row)
    return told


def answer(reader: Reader, verdicts: Iterable[pa.RecordBatch], natured: bool) -> Iterator[pa.Table]:
    """The file's rows beside their verdicts, which come in the order of the file; a row without a value has none."""
    source = iter(verdicts)
    held = pa.table({"row": pa.array([], pa.int64())})
    done = 0
    for text in reader.texts(*(("series",) if reader.many else ()), "timestamp"):
        last = done + len(text)
        parts = [held] if len(held) else []
        while not (parts and parts[-1]["row"][-1].as_py() >= last - 1):
            batch = next(source, None)
            if batch is None:
                break
            if len(batch):
                parts.append(pa.Table.from_batches([batch]))
        held = pa.concat_tables(parts) if parts else held
        size = int(np.searchsorted(held["row"].to_numpy(), last))
        yield _beside(text, held.slice(0, size), done, natured)
        held, done = held.slice(size), last


def _beside(text: pa.RecordBatch, verdicts: pa.Table, first: int, natured: bool) -> pa.Table:
    place = np.full(len(text), len(verdicts))
    place[verdicts["row"].to_numpy() - first] = np.arange(len(verdicts))
    taken = pa.array(place, mask=place == len(verdicts))
    columns: dict[str, Any] = {"series": text["series"]} if "series" in text.schema.names else {}
    columns["timestamp"] = text["timestamp"]
    order = [*ORDER, "nature"] if natured else list(ORDER)
    if not len(verdicts):
        empty = pa.nulls(len(text), pa.float64())
        return pa.table({**columns, **dict.fromkeys(order, empty)})
    found = {name: verdicts[name].to_numpy() for name in order}
    within = found["incident"] > 0
    made: dict[str, pa.Array] = {"incident": pa.array(found["incident"], mask=~within)}
    for name in NUMBERS:
        numbers = found[name] if name == "value" else _significant(found[name])
        made[name] = pa.array(numbers, mask=~np.isfinite(numbers))
    for name in FLAGS:
        made[name] = pa.array(found[name])
    for name, words in {**CODES, **({"nature": NATURES} if natured else {})}.items():
        named = pa.DictionaryArray.from_arrays(pa.array(found[name] % len(words), mask=~within), pa.array(words))
        made[name] = named.cast(pa.string())
    whole = len(verdicts) == len(text)
    return pa.table({**columns, **{name: made[name] if whole else pc.take(made[name], taken) for name in order}})


def write_csv(reader: Reader, verdicts: Iterable[pa.RecordBatch], sink: BinaryIO, natured: bool) -> None:
    head = ["series"] if reader.many else []
    sink.write((",".join([*head, "timestamp", *ORDER, *(["nature"] if natured else [])]) + "\n").encode())
    options = csv.WriteOptions(include_header=False, quoting_style="none" if reader.plain else "needed")
    for piece in answer(reader, verdicts, natured):
        csv.write_csv(piece, sink, options)


def write_json(
    reader: Reader,
    verdicts: Iterable[pa.RecordBatch],
    head: tuple[Sequence[str], Sequence[dict[str, Any]]],
    sink: BinaryIO,
    natured: bool,
) -> None:
    """One object: notes, incidents, rows. Rows are written piece by piece."""
    import orjson

    sink.write(orjson.dumps({"notes": head[0], "incidents": head[1]})[:-1] + b',"rows":[')
    for number, piece in enumerate(answer(reader, verdicts, natured)):
        sink.write((b"," if number else b"") + orjson.dumps(piece.to_pylist())[1:-1])
    sink.write(b"]}\n")


def incident_lines(incidents: Sequence[dict[str, Any]], many: bool) -> list[str]:
    """A table for people; none without incidents."""
    if not incidents:
        return []
    name = f"{'series':<20}" if many else ""
    lines = [f"{name}{'from':<21}{'to':<21}{'value':>12}{'expected':>12}{'z':>8}{'score':>7}  severity  signal"]
    for each in incidents:
        name = f"{each['series'][:19]:<20}" if many else ""
        lines.append(
            f"{name}{each['from']:<21}{each['to']:<21}{each['value']:>12.6g}{each['expected']:>12.6g}"
            f"{each['z']:>8.1f}{each['score']:>7.2f}  {each['severity']:<9} {each['signal']} {each['direction']}"
            + (f"  {each['nature']}: {', '.join(each['failed_checks'])}" if each.get("failed_checks") else "")
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
