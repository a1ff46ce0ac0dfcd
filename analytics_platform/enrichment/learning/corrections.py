"""Corrections of labels by people: kept with who and when, learnt from, and used by every later label.

``labels/corrections.csv`` below PLATFORM_HOME holds each correction, the latest of a text and task counts.
``labels/own-<task>.csv`` holds the texts that the model in use was moved by (a backup saves both). Does not live here:
how a model is moved (``adapting``), the command line (``correcting``).
"""

import csv
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analytics_platform.enrichment.errors import EvaluationError
from analytics_platform.enrichment.learning.evaluation import LabelledText
from analytics_platform.enrichment.learning.examples import MODELLED

COLUMNS = ("text", "task", "label", "corrected_by", "corrected_at")
FOLDER = "labels"
OWN = "own-{}.csv"
CHOICE = "own-{}.json"


@dataclass(frozen=True)
class Correction:
    text: str
    task: str
    label: str
    corrected_by: str
    corrected_at: datetime


def corrections_file(home: Path) -> Path:
    return home / FOLDER / "corrections.csv"


def keep(file: Path, correction: Correction) -> None:
    """Add a correction at the end of the file."""
    if not correction.text.strip() or not correction.corrected_by.strip():
        raise EvaluationError("a correction needs a text and the name of who corrects; give both.")
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    at = correction.corrected_at.astimezone(UTC).isoformat(timespec="seconds")
    with file.open("a", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        if new:
            writer.writerow(COLUMNS)
        writer.writerow([correction.text, correction.task, correction.label, correction.corrected_by, at])


def read_corrections(file: Path, task: str) -> list[LabelledText]:
    """The corrections of a task, the latest of each text. A file without a column ``task`` is of this task."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not {"text", "label"} <= set(reader.fieldnames or ()):
                raise EvaluationError(f"{file} needs the columns text and label; it has {reader.fieldnames}.")
            rows = [row for row in reader if (row.get("task") or task) == task]
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{file} cannot be read as UTF-8 CSV: {error}") from error
    latest = {(row["text"] or "").strip(): (row["label"] or "").strip() for row in rows}
    return [LabelledText(text, label) for text, label in latest.items() if text and label]


def write_own(home: Path, task: str, items: Iterable[LabelledText], choice: Sequence[float]) -> None:
    """Put the corrections into use: every later label is given by a model moved by them."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=folder, suffix=".part", delete=False, encoding="utf-8", newline=""
    ) as part:
        writer = csv.writer(part)
        writer.writerow(("text", "label"))
        writer.writerows((item.text, item.label) for item in items)
    (folder / CHOICE.format(task)).write_text(json.dumps(list(choice)))
    os.replace(part.name, folder / OWN.format(task))  # noqa: PTH105


def drop_own(home: Path, task: str) -> bool:
    """Go back to the packaged model of a task; whether there was another."""
    folder = home / FOLDER
    file = folder / OWN.format(task)
    if not file.exists():
        return False
    file.unlink()
    (folder / CHOICE.format(task)).unlink(missing_ok=True)
    return True


def own_version(models: Path | None) -> str:
    """A short digest of the corrections in use beside a folder of models, empty without any."""
    found = [file for task in MODELLED for file in _of(models, task)]
    return hashlib.sha256(b"".join(file.read_bytes() for file in found)).hexdigest()[:6] if found else ""


def read_own(models: Path | None) -> Mapping[str, tuple[list[LabelledText], tuple[float, float]]]:
    """By task, the corrections in use and the choice made for them."""
    found = {}
    for task in MODELLED:
        if files := _of(models, task):
            near, quiet = json.loads(files[1].read_text("utf-8"))
            found[task] = (read_corrections(files[0], task), (float(near), float(quiet)))
    return found


def _of(models: Path | None, task: str) -> tuple[Path, ...]:
    if models is None:
        return ()
    files = tuple(models.parent / FOLDER / name.format(task) for name in (OWN, CHOICE))
    return files if all(file.exists() for file in files) else ()
