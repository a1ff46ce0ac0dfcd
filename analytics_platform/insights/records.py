"""Small CSV files beside the series: what people said of incidents, and which checks of sources failed.

Feedback is only ever added to; a later line on the same rows counts more. Does not live here: what is made of them
(feedback, gaps).
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from analytics_platform.insights.errors import FileRefused
from analytics_platform.insights.feedback import Feedback, Verdict
from analytics_platform.insights.gaps import FailedCheck

SAID = ("series", "from", "to", "verdict", "given")
FAILED = ("source", "check", "from", "to")


def moment(text: str, what: str) -> int:
    """Seconds since 1970 of a time in ISO 8601; UTC where it names no zone."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise FileRefused(
            f"{what}: {text!r} is no time. Write it as incidents are printed: 2026-03-01T10:00:00Z, or 2026-03-01."
        ) from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


def read_feedback(path: Path) -> list[Feedback]:
    return [
        Feedback(
            row["series"],
            moment(row["from"], f"{path}, line {line}"),
            moment(row["to"], f"{path}, line {line}"),
            _verdict(row["verdict"], path, line),
            moment(row["given"], f"{path}, line {line}"),
        )
        for line, row in _rows(path, SAID)
    ]


def add_feedback(path: Path, series: str, span: tuple[str, str], verdict: Verdict, given: str) -> Feedback:
    """Append one line; the file is made where there is none."""
    first, last = moment(span[0], "--from"), moment(span[1], "--to")
    if last < first:
        raise FileRefused(f"--to {span[1]} is before --from {span[0]}. Give the incident's times as it was printed.")
    said = Feedback(series, first, last, verdict, moment(given, "--given"))
    new = not path.exists() or path.stat().st_size == 0
    if not new:
        read_feedback(path)  # a file of something else is not written to
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(SAID)
        writer.writerow([series, span[0], span[1], verdict.value, given])
    return said


def read_checks(path: Path) -> list[FailedCheck]:
    return [
        FailedCheck(
            row["source"],
            row["check"],
            moment(row["from"], f"{path}, line {line}"),
            moment(row["to"], f"{path}, line {line}") if row["to"].strip() else None,
        )
        for line, row in _rows(path, FAILED)
    ]


def _verdict(word: str, path: Path, line: int) -> Verdict:
    try:
        return Verdict(word.strip().lower())
    except ValueError:
        raise FileRefused(f"{path}, line {line}: {word!r} is no verdict. Write confirmed or dismissed.") from None


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise FileRefused(f"{path} is not a file. Give a CSV file with the columns {','.join(columns)}.")
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise FileRefused(
                f"{path} has no column {missing[0]}; it needs {','.join(columns)} and has"
                f" {','.join(reader.fieldnames or ['nothing'])}."
            )
        for row in reader:
            yield reader.line_num, {name: row[name] or "" for name in columns}
