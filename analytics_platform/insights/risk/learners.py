"""Activity of learners, one row per learner and active day, from a CSV file or from the published marts.

A column that is not there is unknown, which the model keeps apart from 0. In the marts, support contacts are exchanges
that were handed to a person; drop-off is not known by day there. Does not live here: features (features).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from analytics_platform.insights.errors import FileRefused, HistoryRefused
from analytics_platform.insights.risk.features import Activity, Array
from analytics_platform.warehouse.protocol import OpenReader

COUNTED = ("started", "completed", "dropped", "support")
OPTIONAL = (*COUNTED, "sentiment")
ACTIVE_DAYS = """
with active as (
    select person_id, local_day from user_activities where person_id is not null group by 1, 2
),
started as (
    select person_id, started_local_day as local_day, count(*) as lessons from lesson_progress group by 1, 2
),
completed as (
    select person_id, completed_local_day as local_day, count(*) as lessons from lesson_progress group by 1, 2
),
handed as (
    select activities.person_id, activities.local_day, count(*) as contacts
    from user_activities as activities
    inner join exchanges on activities.activity_id = exchanges.message_id
    where activities.source = 'nocodb' and exchanges.is_handed_over
    group by 1, 2
)
select
    active.person_id as learner,
    active.local_day as day,
    coalesce(started.lessons, 0) as started,
    coalesce(completed.lessons, 0) as completed,
    coalesce(handed.contacts, 0) as support
from active
left join started on active.person_id = started.person_id and active.local_day = started.local_day
left join completed on active.person_id = completed.person_id and active.local_day = completed.local_day
left join handed on active.person_id = handed.person_id and active.local_day = handed.local_day
"""


@dataclass(frozen=True)
class Learners:
    """``names`` of the people that ``activity`` counts from 0; days are days since 1970."""

    names: list[str]
    activity: Activity

    @property
    def next_day(self) -> int:
        """The morning after the last day with activity."""
        return int(self.activity.day.max()) + 1


def from_file(path: Path) -> Learners:
    if not path.is_file():
        raise FileRefused(f"{path} is not a file. Give a CSV file with the columns learner and day.")
    try:
        with csv.open_csv(path) as head:
            names = head.schema.names
        texts = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
        table = csv.read_csv(path, convert_options=texts)
    except pa.ArrowInvalid as error:
        raise FileRefused(
            f"{path} cannot be read as CSV: {str(error).splitlines()[0]}. Save it as CSV in UTF-8."
        ) from error
    for wanted in ("learner", "day"):
        if wanted not in names:
            raise FileRefused(
                f"{path} has no column {wanted}; it has {', '.join(names)}. It needs learner and day, and may have"
                f" {', '.join(OPTIONAL)}."
            )
    if not len(table):
        raise FileRefused(f"{path} has a header and no rows. Add one row for each learner and active day.")
    columns = {name: _cast(table[name], pa.float64(), path, name, "number") for name in OPTIONAL if name in names}
    return _learners(table["learner"], _cast(table["day"], pa.date32(), path, "day", "day such as 2026-03-01"), columns)


def from_marts(reader: OpenReader) -> Learners:
    table = reader.query(ACTIVE_DAYS)
    if not len(table):
        raise HistoryRefused("The published marts hold no activity of anyone. Materialise a day with learners first.")
    columns = {name: pc.cast(table[name], pa.float64()) for name in OPTIONAL if name in table.column_names}
    return _learners(table["learner"], pc.cast(table["day"], pa.date32()), columns)


def _learners(learner: pa.ChunkedArray, day: pa.ChunkedArray, columns: dict[str, pa.ChunkedArray]) -> Learners:
    coded = pc.dictionary_encode(learner.combine_chunks())
    days = pc.cast(day, pa.int32()).to_numpy().astype(np.int64)
    unknown = np.full(len(days), np.nan)

    def column(name: str) -> Array:
        if name not in columns:
            return unknown
        found = columns[name] if name == "sentiment" else pc.fill_null(columns[name], 0.0)
        return np.asarray(found.to_numpy(), dtype=float)

    activity = Activity(
        coded.indices.to_numpy().astype(np.int64),
        days,
        column("started"),
        column("completed"),
        column("dropped"),
        column("sentiment"),
        column("support"),
    )
    return Learners(coded.dictionary.to_pylist(), activity)


def _cast(text: pa.ChunkedArray, kind: pa.DataType, path: Path, name: str, what: str) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(text)
    kept = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    try:
        found = pc.cast(kept, kind)
    except pa.ArrowInvalid as error:
        raise FileRefused(f"{path}, column {name}: {_words(error)}. Write a {what} in every row.") from error
    if name == "day" and found.null_count:
        line = pc.index(pc.is_null(found), True).as_py() + 2
        raise FileRefused(f"{path}, line {line}: there is no day. Write one such as 2026-03-01.")
    return found


def _words(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
