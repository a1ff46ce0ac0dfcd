"""A line for each access to personal data: who, when, what, how many rows. ``PLATFORM_HOME/api/audit.ndjson``.

The line names the question and its parameters, but never words that were searched for, and nothing of the answer.
"""

import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from analytics_platform.semantics import Viewer
from analytics_platform.settings import Settings

FILE = "audit.ndjson"
_UNSAID = {"contains", "sql"}


class Audit:
    def __init__(self, settings: Settings) -> None:
        self._file = settings.api_folder / FILE
        self._lock = threading.Lock()

    def note(self, viewer: Viewer, what: str, parameters: Mapping[str, Any], rows: int, version: str) -> None:
        said = {name: value for name, value in parameters.items() if value is not None and name not in _UNSAID}
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "key": viewer.name,
            "role": viewer.role.value,
            "asked": what,
            "parameters": {name: str(value) for name, value in said.items()},
            "rows": rows,
            "snapshot": version,
        }
        with self._lock:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "ab") as writing:
                writing.write(orjson.dumps(line) + b"\n")
