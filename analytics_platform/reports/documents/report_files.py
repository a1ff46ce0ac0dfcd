"""Reports as files: ``reports/<kind>/<period>/report.{html,md}``, ``<table>.csv`` and ``about.json``, and their index.

A file is written whole or the old one stays. ``about.json`` says from which snapshot a report was made; the report
itself does not, so that the same marts give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from analytics_platform.reports.documents import forms
from analytics_platform.reports.documents.building import compose
from analytics_platform.reports.documents.document import KINDS, TITLES, Document
from analytics_platform.reports.documents.periods import Period
from analytics_platform.reports.message_files import write
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse


@dataclass(frozen=True)
class Written:
    document: Document
    folder: Path

    @property
    def page(self) -> Path:
        return self.folder / "report.html"

    @property
    def text(self) -> Path:
        return self.folder / "report.md"


def write_reports(
    settings: Settings, kinds: Sequence[str], period: Period, failed_checks: Sequence[str] = ()
) -> list[Written]:
    """Write the reports of one period, and the index anew."""
    snapshot = open_warehouse(settings).current()
    written = []
    for document in compose(settings, kinds, period, failed_checks):
        folder = settings.reports_folder / document.kind / period.key
        folder.mkdir(parents=True, exist_ok=True)
        sheets = {f"{table.name}.csv": forms.sheet(table) for table in document.tables}
        for gone in {file.name for file in folder.glob("*.csv")} - set(sheets):
            (folder / gone).unlink()
        for name, text in {
            **sheets,
            "report.md": forms.markdown(document),
            "report.html": forms.html(document),
        }.items():
            write(folder / name, text)
        about = {"kind": document.kind, "period": period.key, "snapshot": snapshot.version if snapshot else None,
                 "warnings": document.warnings}  # fmt: skip
        write(folder / "about.json", orjson.dumps(about, option=orjson.OPT_INDENT_2).decode())
        written.append(Written(document, folder))
    write_index(settings)
    return written


def made_from(settings: Settings, kind: str, period: Period) -> str | None:
    """The version of the snapshot that a report was made from; None where it was never written."""
    file = settings.reports_folder / kind / period.key / "about.json"
    return orjson.loads(file.read_bytes())["snapshot"] if file.exists() else None


def write_index(settings: Settings) -> Path:
    """``reports/index.html``: every report that is there, the newest first."""
    root = settings.reports_folder
    kinds = [(TITLES[kind], [_entry(root, folder) for folder in _periods(root / kind)]) for kind in KINDS]
    evenings = [_evening(root, folder) for folder in sorted((root / "progress").glob("*-*-*"), reverse=True)]
    listed = [(title, entries) for title, entries in [*kinds, ("Evening messages", evenings)] if entries]
    root.mkdir(parents=True, exist_ok=True)
    write(root / "index.html", forms.index(listed))
    return root / "index.html"


def _periods(folder: Path) -> list[Path]:
    """Newest first, whatever their grain: by their first day."""
    from analytics_platform.reports.documents.periods import parse

    found = [entry.parent for entry in folder.glob("*/report.html")]
    return sorted(found, key=lambda path: (parse(path.name).last, path.name), reverse=True)


def _entry(root: Path, folder: Path) -> Mapping[str, Any]:
    where = folder.relative_to(root).as_posix()
    tables = [(file.stem, f"{where}/{file.name}") for file in sorted(folder.glob("*.csv"))]
    forms_ = [("HTML", f"{where}/report.html"), ("Markdown", f"{where}/report.md")]
    return {"period": folder.name, "page": f"{where}/report.html", "forms": forms_, "tables": tables}


def _evening(root: Path, folder: Path) -> Mapping[str, Any]:
    where = folder.relative_to(root).as_posix()
    pages = [(file.stem, f"{where}/{file.name}") for file in sorted(folder.glob("*.html"))]
    return {"period": folder.name, "page": pages[0][1] if pages else where, "forms": pages, "tables": []}
