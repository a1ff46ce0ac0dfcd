"""What a question is answered with: rows, and everything that is needed to trust or doubt them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

import pyarrow as pa

from analytics_platform.warehouse.publishing import Snapshot

STALE_HOURS = 36  # published daily; half a day's grace


@dataclass(frozen=True)
class Definition:
    """What a column or metric means. ``denominator`` is what a share or a mean is over."""

    name: str
    label: str
    description: str
    unit: str = ""
    denominator: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Quality:
    """``state`` is good, failing when a blocking check is red, or stale; ``reasons`` say why."""

    state: Literal["good", "stale", "failing"]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """``definitions`` are of the metrics asked for, ``columns`` of every column of ``table``, in order."""

    table: pa.Table
    sql: str
    definitions: tuple[Definition, ...]
    columns: tuple[Definition, ...]
    snapshot: Snapshot
    quality: Quality
    notes: tuple[str, ...] = ()
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def version(self) -> str:
        return self.snapshot.version

    @property
    def published_at(self) -> datetime:
        return datetime.fromisoformat(self.snapshot.published_at)

    @property
    def age_seconds(self) -> float:
        """Of the snapshot, when it was asked."""
        return (self.asked_at - self.published_at).total_seconds()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """For few rows; ``table`` is the fast way."""
        found: list[dict[str, Any]] = self.table.to_pylist()
        return found


def quality_of(snapshot: Snapshot, now: datetime) -> Quality:
    """Only what was built and tested is published: left to doubt are its age, and lines that a red check kept out."""
    reasons = [f"the check {check} is red" for check in snapshot.failing]
    published = datetime.fromisoformat(snapshot.published_at)
    hours = (now - published).total_seconds() / 3600
    if hours > STALE_HOURS:
        reasons.append(f"published {hours:.0f} hours ago")
    if snapshot.last_day is None:
        reasons.append("it holds no day of any source")
    elif (behind := (now.date() - date.fromisoformat(snapshot.last_day)).days) > 2:
        reasons.append(f"its last day is {snapshot.last_day}, {behind} days ago")
    state: Literal["good", "stale", "failing"] = "stale" if reasons else "good"
    return Quality("failing" if snapshot.failing else state, tuple(reasons))


def described(table: pa.Table, known: Sequence[Definition]) -> tuple[Definition, ...]:
    """A definition for each column of the table; a column that nobody described has its name."""
    by_name = {definition.name: definition for definition in known}
    return tuple(by_name.get(name, Definition(name, name.replace("_", " "), "")) for name in table.column_names)


def whole_numbers(table: pa.Table) -> pa.Table:
    """DuckDB's sum of whole numbers is a HUGEINT, which Arrow has as a decimal: 64 bits are enough for counts."""
    fields = [
        pa.field(field.name, pa.int64()) if pa.types.is_decimal(field.type) and field.type.scale == 0 else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
