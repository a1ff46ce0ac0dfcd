"""What Seven says: the status, how she read the question, rows, sentences, a chart as a specification, the proof."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from analytics_platform.semantics import Definition, Named, Query
from analytics_platform.semantics.questions import Value
from analytics_platform.serving.seven.spans import Span
from analytics_platform.serving.seven.thresholds import Bound

Status = Literal["answered", "abstained", "refused"]


@dataclass(frozen=True)
class Chart:
    """A declarative drawing: ``kind`` is line, bar or none; ``x`` and ``y`` are columns of the rows."""

    kind: Literal["line", "bar", "none"] = "none"
    x: str = ""
    y: str = ""
    by: str = ""


@dataclass(frozen=True)
class Asked:
    """What was found in a question beside its subject: values, their names, days, how many rows, words."""

    values: Mapping[str, str]
    names: Mapping[str, str]
    span: Span | None
    top: int | None
    words: str = ""
    single: bool = False  # "which lesson", not "which lessons"
    least: bool = False
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # kinds of which the question names more
    marks: Mapping[str, str] = field(default_factory=dict)  # severity, status, sentiment … said in the question
    bound: Bound | None = None  # "more than 20"
    compared: bool = False  # with another time, which the question names

    def parameters(self, *wanted: str, days: bool = False, **more: Value) -> dict[str, Value]:
        found: dict[str, Value] = {kind: self.values[kind] for kind in wanted if kind in self.values}
        if days and self.span is not None:
            found |= {"start": self.span.start, "end": self.span.end}
        return {key: value for key, value in {**found, **more}.items() if value is not None}

    def told(self, *kinds: str, days: bool = False) -> str:
        """The found values in words, for the reading."""
        parts = [self.names[kind] for kind in kinds if kind in self.names]
        if days and self.span is not None:
            parts.append(self.span.label)
        return f" ({', '.join(parts)})" if parts else ""


@dataclass(frozen=True)
class Made:
    """A SELECT over marts. ``named`` and ``counted`` are the columns that sentences speak of."""

    sql: str
    named: str = ""
    counted: str = ""
    unit: str = ""
    of_each: bool = False  # a number of each of something


@dataclass(frozen=True)
class Understood:
    """A question as a query, in words and as the query itself. ``before`` is the span that it is compared with.

    ``asked`` and ``text`` are what the next question of the talk builds on.
    """

    question: Query | Named | Made
    reading: str
    before: Query | Named | None = None
    missing: str = ""  # said when there are no rows
    bound: Bound | None = None  # only rows whose number holds it
    counts: bool = False  # how many rows there are, and not the rows
    asked: Asked | None = None
    text: str = ""
    simple: bool = False  # what was put together may have a metric or a list of its own


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
