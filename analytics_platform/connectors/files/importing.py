"""One file through the pump: read, compare with what is stored, and land what is new. Again: nothing changes.

Does not live here: what a kind of file means (``kinds/``), the folder that is watched (``dropping``).
"""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics_platform.connectors.files.kind import Kind, Options, Work
from analytics_platform.connectors.files.kinds import kind_of
from analytics_platform.connectors.files.reports import Report
from analytics_platform.errors import FileRefused
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Batch, Pump
from analytics_platform.lake.pump_status import Lag
from analytics_platform.settings import Settings


class FileSource:
    """One file of one kind; its report is there when its batches are landed."""

    name = "import"
    pause = 1.0

    def __init__(self, kind: Kind, work: Work) -> None:
        self._kind = kind
        self._work = work
        self.report: Report | None = None

    def batches(self) -> Generator[Batch, None, None]:
        self.report = yield from self._kind.read(self._work)

    def note(self, _position: Any) -> None:
        """What is stored is looked up in the lake when the file comes again."""

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        return Lag()


def import_file(settings: Settings, kind: str, file: Path, options: Options | None = None) -> Report:
    """Take in a file of one kind and say what happened. A file that cannot be used at all is refused."""
    lake = open_lake(settings)
    source = FileSource(kind_of(kind), work_of(settings, file, options or Options()))
    Pump(source, lake.landing).once()
    if source.report is None:
        raise FileRefused(f"{file.name} was not read to its end.")
    return source.report


def work_of(settings: Settings, file: Path, options: Options) -> Work:
    return Work(settings, open_lake(settings), file, options, options.now or datetime.now(UTC))
