"""A desk to import files at: write a CSV, import it, and read what the lake then holds."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics_platform.connectors.files.importing import import_file
from analytics_platform.connectors.files.kind import Options
from analytics_platform.connectors.files.reports import Report
from analytics_platform.connectors.files.stored import rows_of
from analytics_platform.contracts import IMPORTS
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@dataclass
class Desk:
    settings: Settings
    folder: Path
    imports: int = field(default=0)

    def write(self, text: str | bytes, name: str = "file.csv") -> Path:
        file = self.folder / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def take(self, kind: str, text: str | bytes, **options: Any) -> Report:
        """Import a file; each import is a minute after the one before."""
        self.imports += 1
        now = options.pop("now", NOON + timedelta(minutes=self.imports))
        return import_file(self.settings, kind, self.write(text), Options(now=now, **options))

    def rows(self, path: str, columns: str) -> list[tuple[Any, ...]]:
        """Everything that a table took in, in the order of the files."""
        lake, table = open_lake(self.settings), IMPORTS[path]
        sql = f"select {columns} from (select * from stored order by batch_id, file_line)"
        return [tuple(row.values()) for row in rows_of(lake, table, sql)]

    def segments(self) -> int:
        lake = open_lake(self.settings)
        return sum(len(lake.landing.segments(table)) for table in IMPORTS.values())

    def build(self) -> None:
        lake = open_lake(self.settings)
        for table in IMPORTS.values():
            entries = lake.build(table, lake.ledger.reopened(table, lake.landing))
            assert all(entry.balances and not entry.quarantined for entry in entries), entries


@pytest.fixture
def desk(settings: Settings, tmp_path: Path) -> Desk:
    return Desk(settings, tmp_path)


def refusals(report: Report) -> list[tuple[int, str]]:
    return [(reject.line, reject.reason) for reject in report.rejects.first]


MARCH = date(2026, 3, 1)
