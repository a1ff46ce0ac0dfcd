"""Marts held against the reference: row by row, column by column, each difference with mart, key, column, both values.

Lives here: how rows are matched. Ids of persons, questions and views are made from text in the marts; they are
compared by what they stand for. Does not live here: what is right.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from math import isclose
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    mart: str
    key: tuple[Any, ...]
    column: str
    in_mart: Any
    in_reference: Any

    def __str__(self) -> str:
        key = ", ".join(str(part) for part in self.key)
        return f"{self.mart} [{key}] {self.column}: the mart says {self.in_mart!r}, the reference {self.in_reference!r}"


class Marts:
    """The marts of one DuckDB file, with persons and questions as the reference names them."""

    def __init__(self, file: Path, read_only: bool = True) -> None:
        self.file, self.read_only = file, read_only
        people: dict[str, list[str]] = {}
        for row in self._read("person_identifiers"):
            people.setdefault(row["person_id"], []).append(row["identifier"])
        self.people = {id: min(identifiers) for id, identifiers in people.items()}
        self.questions = {
            row["question_id"]: (row["lesson_url"] or row["activity_id"], row["card_id"] or row["activity_id"])
            for row in self._read("questions")
        }
        self.views = {
            row["view_id"]: tuple(row[name] for name in ("sent_video_id", "session_id", "actor_key", "started_at"))
            for row in self._read("video_views")
        }

    def _read(self, mart: str) -> list[Row]:
        with duckdb.connect(str(self.file), read_only=self.read_only) as connection:
            connection.execute("set TimeZone = 'UTC'")
            if not self.read_only:  # dbt's own file: its views read from a second one
                connection.execute(f"attach if not exists '{self.file.with_name('steps.duckdb')}' as steps")
            found = connection.execute(f"select * from {mart}")
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def rows(self, mart: str) -> list[Row]:
        found = self._read(mart)
        for row in found:
            if row.get("person_id") is not None:
                row["person_id"] = self.people.get(row["person_id"], row["person_id"])
            if row.get("question_id") is not None:
                row["question_id"] = self.questions.get(row["question_id"], row["question_id"])
            if row.get("source") == "video":
                row["activity_id"] = self.views.get(row["activity_id"], row["activity_id"])
            if str(row.get("activity_id")).startswith("md5:"):  # the sender gave it no id
                row["activity_id"] = row["actor_key"], row["happened_at"], row["subject"]
        return found


def differences(
    mart: str, key: tuple[str, ...], found: list[Row], expected: Iterable[Row], left_out: Iterable[str]
) -> list[Difference]:
    """Where the rows differ; a row that only one side has is one difference."""
    here, there = _by_key(mart, key, found), _by_key(mart, key, expected)
    result = [Difference(mart, one, "the row", "there", "absent") for one in here.keys() - there.keys()]
    result += [Difference(mart, one, "the row", "absent", "there") for one in there.keys() - here.keys()]
    ignored = set(left_out)
    for one in here.keys() & there.keys():
        ours, theirs = here[one], there[one]
        assert ours.keys() - ignored == theirs.keys() - ignored, (
            f"{mart}: the mart has {sorted(ours.keys() - ignored - theirs.keys())} that the reference has not,"
            f" the reference {sorted(theirs.keys() - ours.keys())} that the mart has not"
        )
        result += [
            Difference(mart, one, column, ours[column], theirs[column])
            for column in ours
            if column not in ignored and not equal(ours[column], theirs[column])
        ]
    return sorted(result, key=str)


def _by_key(mart: str, key: tuple[str, ...], rows: Iterable[Row]) -> dict[tuple[Any, ...], Row]:
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        one = tuple(_utc(row[column]) for column in key)
        assert one not in found, f"{mart} has two rows of {one}: {found[one]} and {row}"
        found[one] = row
    return found


def _utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def equal(one: Any, other: Any) -> bool:
    """Equal to nine digits where they are numbers."""
    numbers = (int, float, Decimal)
    if isinstance(one, numbers) and isinstance(other, numbers) and not isinstance(one, bool):
        return isclose(float(one), float(other), rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return bool(_utc(one) == _utc(other))
    return bool(one == other)
