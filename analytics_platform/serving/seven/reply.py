"""What Seven says: the status, how she read the question, rows, sentences, a chart as a specification, the proof."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from analytics_platform.semantics import Definition, Named, Query

Status = Literal["answered", "abstained", "refused"]


@dataclass(frozen=True)
class Chart:
    """A declarative drawing: ``kind`` is line, bar or none; ``x`` and ``y`` are columns of the rows."""

    kind: Literal["line", "bar", "none"] = "none"
    x: str = ""
    y: str = ""
    by: str = ""


@dataclass(frozen=True)
class Understood:
    """A question as a query, in words and as the query itself. ``before`` is the span that it is compared with."""

    question: Query | Named
    reading: str
    before: Query | Named | None = None
    missing: str = ""  # said when there are no rows


@dataclass(frozen=True)
class Reply:
    """``understood`` lets the next question of a conversation build on this one."""

    status: Status
    text: str
    reading: str = ""
    sql: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()
    chart: Chart = Chart()
    definitions: tuple[Definition, ...] = ()
    version: str = ""
    published_at: str = ""
    quality: str = ""
    suggestions: tuple[str, ...] = ()
    understood: Understood | None = field(default=None, repr=False)

    def document(self) -> dict[str, Any]:
        """For ``--json``; dates and numbers as they are."""
        shown = asdict(self)
        del shown["understood"]
        return shown
