"""Which day files of the lake were copied to where dbt reads them: the mark (version) of each file, and notes.

Days that did not change are not taken again. Pure.
"""

from dataclasses import dataclass, field

import orjson

from analytics_platform.lake.day_files import Marks


@dataclass(frozen=True)
class Known:
    """The marks of the files as they were taken, and what else is remembered beside them."""

    marks: Marks = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def read(content: bytes | None) -> "Known":
        return Known(**orjson.loads(content)) if content else Known()

    def content(self) -> bytes:
        return orjson.dumps({"marks": self.marks, "notes": self.notes}, option=orjson.OPT_INDENT_2)
