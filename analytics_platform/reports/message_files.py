"""Evening messages as files: ``reports/progress/<date>/<cohort>.{md,html,csv}`` below PLATFORM_HOME.

Reads the published snapshot through the locked reader. A file is written whole, or the old one stays. Does not live
here: what a message says (``progress``), when it is written (``defs``).
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from analytics_platform.errors import ReportError
from analytics_platform.reports import markdown, page, progress_data, sheet
from analytics_platform.reports.progress import Message, compose
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

FORMS: Mapping[str, Callable[[Message], str]] = {"md": markdown.render, "html": page.render, "csv": sheet.render}
_NO_ROSTER = (
    "Rosters come with `analytics-platform import roster FILE`, and the marts know them after the next run"
    " (`analytics-platform materialize`)."
)


def message_of(settings: Settings, cohort: str, day: date) -> Message:
    """The message of one cohort and local day; an error that says how to import a roster when there is none."""
    with open_warehouse(settings).reader() as reader:
        known = progress_data.cohorts(reader)
        found = next((name for name in known if name.casefold() == cohort.strip().casefold()), None)
        if found is None:
            said = f"Known cohorts: {', '.join(known)}." if known else "No cohort has a roster yet."
            raise ReportError(f"No roster names the cohort {cohort!r}, so nobody can be listed. {said} {_NO_ROSTER}")
        return compose(progress_data.read(reader, found, day), settings.report_names)


def write_messages(settings: Settings, day: date) -> list[Path]:
    """The three forms of every cohort's message of a day; no files where no cohort has a roster."""
    with open_warehouse(settings).reader() as reader:
        cohorts = progress_data.cohorts(reader)
        messages = [compose(progress_data.read(reader, name, day), settings.report_names) for name in cohorts]
    folder, written = settings.reports_folder / "progress" / str(day), []
    folder.mkdir(parents=True, exist_ok=True)
    for message in messages:
        for form, render in FORMS.items():
            written.append(folder / f"{slug(message.cohort)}.{form}")
            write(written[-1], render(message))
    return written


def slug(cohort: str) -> str:
    """A file name for a cohort. Names without a Latin letter, and names that differ in signs only, stay apart."""
    plain = re.sub(r"[^a-z0-9]+", "-", cohort.lower()).strip("-")[:60]
    if plain and plain == re.sub(r"\s*[/ ]\s*", "-", cohort.lower()):
        return plain
    return f"{plain}-{hashlib.sha256(cohort.encode()).hexdigest()[:6]}".strip("-")


def write(file: Path, text: str) -> None:
    """Write a file whole: beside its place first, then renamed."""
    draft = file.with_name(f".{file.name}.draft")
    draft.write_bytes(text.encode())
    draft.replace(file)
