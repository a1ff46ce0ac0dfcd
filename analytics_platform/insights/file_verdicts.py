"""A file of series in, verdicts out as CSV, JSON or a table: the way from reading to writing, a window at a time.

Does not live here: the steps themselves (sorted_file, scoring, writing).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from analytics_platform.insights.feedback import Feedback
from analytics_platform.insights.gaps import Checks
from analytics_platform.insights.scoring import score_stream
from analytics_platform.insights.series_csv import Columns
from analytics_platform.insights.sorted_file import spooled
from analytics_platform.insights.verdict_formats import (
    incident_lines,
    incident_rows,
    verdict_table,
    write_csv,
    write_json,
)


class Form(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


@dataclass(frozen=True)
class Known:
    """What is known beside the series: what people said of incidents, and which checks of the sources failed."""

    feedback: Sequence[Feedback] = ()
    checks: Checks | None = None


def tell(
    file: Path | str, columns: Columns, form: Form, sink: BinaryIO, note: Callable[[str], None], known: Known
) -> None:
    """Score the file and write the answer; ``note`` is told what a person should know of the file."""
    with spooled(file, columns) as spool:
        incidents: list[dict[str, Any]] = []

        def tables() -> Iterator[pa.Table]:
            for judged in score_stream(spool.series(), feedback=known.feedback):
                if form is not Form.csv:
                    for series, verdicts in judged:
                        incidents.extend(incident_rows(series, verdicts, spool.reader.many, known.checks))
                yield verdict_table(judged, known.checks)

        if form is Form.csv:
            write_csv(spool.reader, spool.by_row(tables()), sink, known.checks is not None)
        elif form is Form.json:
            rows = spool.by_row(tables(), keep=True)
            write_json(spool.reader, rows, (spool.notes, incidents), sink, known.checks is not None)
        else:
            for _ in tables():
                pass
            lines = incident_lines(incidents, spool.reader.many) or [f"No incident in {spool.reader.rows} rows."]
            sink.write(("\n".join(lines) + "\n").encode())
        if form is not Form.json:
            for each in spool.notes:
                note(each)
