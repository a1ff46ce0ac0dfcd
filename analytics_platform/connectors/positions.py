"""How far a source has been followed, on disk. Does not live here: what a position means (each source)."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson


@dataclass
class Positions:
    """Positions by name, in one small file that is replaced whole."""

    file: Path

    def read(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = orjson.loads(self.file.read_bytes())
        except (OSError, ValueError):
            return {}
        return found

    def write(self, name: str, value: Any) -> None:
        draft = self.file.with_name(f".{self.file.name}.{os.getpid()}")
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(orjson.dumps(self.read() | {name: value}, option=orjson.OPT_INDENT_2))
        draft.replace(self.file)
