"""What a model may do for Seven: list metrics, look up values, run a metric query, run one guarded SELECT.

Each tool runs as the person who asks, through the same semantics and the same guard as every page. What comes back is
JSON: rows are data in it, whatever their texts say. Does not live here: the talk with the model (``talking``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import orjson

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import Answer, Filter, Named, Query, Role, Viewer, query
from analytics_platform.semantics.errors import WrongQuestion
from analytics_platform.semantics.guard import ask_sql
from analytics_platform.semantics.questions import GRAINS, OPERATORS
from analytics_platform.semantics.registry import registry
from analytics_platform.serving.seven.values import LISTS
from analytics_platform.settings import Settings

ROWS_SHOWN, ROWS_KEPT, MOST_FOUND = 50, 1_000, 30
_TEXT, _TEXTS = {"type": "string"}, {"type": "array", "items": {"type": "string"}}


def _tool(name: str, description: str, properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


_CONDITION = {
    "type": "object",
    "properties": {
        "dimension": _TEXT,
        "operator": {"type": "string", "enum": list(OPERATORS)},
        "values": _TEXTS,
    },
    "required": ["dimension", "operator", "values"],
    "additionalProperties": False,
}
TOOLS = [
    _tool(
        "list_metrics", "Metrics whose name or meaning holds a word, with their dimensions.", {"word": _TEXT}, "word"
    ),
    _tool(
        "look_up",
        "Names in the data that hold a text.",
        {"kind": {"type": "string", "enum": list(LISTS)}, "text": _TEXT},
        "kind",
        "text",
    ),
    _tool(
        "run_metrics",
        "Metrics by dimensions; days are local, both inside. The first choice.",
        {
            "metrics": _TEXTS,
            "group_by": _TEXTS,
            "where": {"type": "array", "items": _CONDITION},
            "grain": {"type": "string", "enum": list(GRAINS)},
            "start": _TEXT,
            "end": _TEXT,
            "order": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Columns; - in front: largest first.",
            },
            "limit": {"type": "integer"},
        },
        "metrics",
    ),
    _tool("run_sql", "One SELECT over the marts, where no metric answers.", {"sql": _TEXT}, "sql"),
]


@dataclass
class Toolbox:
    """Runs tools for one question and keeps the newest answer. ``shows_people``: whether rows of people may be sent."""

    settings: Settings
    viewer: Viewer
    shows_people: bool
    answer: Answer | None = None
    asked: Query | None = None
    errors: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    def run(self, name: str, arguments: str) -> str:
        """The tool's result as JSON; an error is a result, too, so that the model can mend its call."""
        try:
            given = orjson.loads(arguments or "{}")
            if not isinstance(given, dict):
                raise WrongQuestion("The arguments are no JSON object.", "arguments")
            tools = {
                "list_metrics": self._metrics,
                "look_up": self._look_up,
                "run_metrics": self._run,
                "run_sql": self._sql,
            }
            if name not in tools:
                raise WrongQuestion(f"There is no tool {name!r}.", "name")
            result = tools[name](given)
        except (PlatformError, orjson.JSONDecodeError, TypeError, ValueError, KeyError) as error:
            self.errors += 1
            result = {"error": str(error)[:500]}
        return orjson.dumps(result, default=str).decode()

    def _metrics(self, given: Mapping[str, Any]) -> dict[str, Any]:
        word = str(given["word"]).lower()
        found = [
            {
                "name": metric.name,
                "means": metric.definition.description,
                "dimensions": [dimension.short for dimension in metric.dimensions],
            }
            for metric in registry(self.settings).metrics.values()
            if word in f"{metric.name} {metric.definition.label} {metric.definition.description}".lower()
        ]
        return {"metrics": found[:MOST_FOUND]}

    def _look_up(self, given: Mapping[str, Any]) -> dict[str, Any]:
        kind, text = str(given["kind"]), str(given["text"]).lower()
        if kind == "person" and not self.shows_people:
            raise WrongQuestion("Names of people are not sent to a model here.", "kind")
        source, key, columns = LISTS[kind]
        rows = query(self.settings, Named(source), self.viewer).rows
        names = {str(row[column]): str(row[key]) for row in rows for column in columns if row.get(column)}
        return {"found": {name: one for name, one in names.items() if text in name.lower()} if text else {}}

    def _run(self, given: Mapping[str, Any]) -> dict[str, Any]:
        where = tuple(Filter(w["dimension"], w["operator"], tuple(w["values"])) for w in given.get("where") or ())
        grain = given.get("grain") or None
        if grain is not None and grain not in GRAINS:
            raise WrongQuestion(f"{grain!r} is no step of time.", "grain")
        question = Query(
            metrics=tuple(given["metrics"]),
            group_by=tuple(given.get("group_by") or ()),
            where=where,
            grain=grain,
            start=date.fromisoformat(given["start"]) if given.get("start") else None,
            end=date.fromisoformat(given["end"]) if given.get("end") else None,
            order=tuple(given.get("order") or ()),
            limit=min(int(given.get("limit") or ROWS_KEPT), ROWS_KEPT),
        )
        self.answer, self.asked = query(self.settings, question, self.viewer), question
        return self._seen(lambda viewer: query(self.settings, question, viewer))

    def _sql(self, given: Mapping[str, Any]) -> dict[str, Any]:
        sql = str(given["sql"])
        self.answer, self.asked = ask_sql(self.settings, sql, self.viewer, limit=ROWS_KEPT), None
        return self._seen(lambda viewer: ask_sql(self.settings, sql, viewer, limit=ROWS_KEPT))

    def _seen(self, ask: Any) -> dict[str, Any]:
        """What the model sees: all of it, or what somebody may see who sees groups of people only."""
        if self.answer is None:
            return {}
        about = {"columns": self.answer.table.column_names, "rows_in_all": self.answer.table.num_rows}
        if self.shows_people:
            return about | {"rows": self.answer.rows[:ROWS_SHOWN]}
        try:
            seen: Answer = ask(replace(self.viewer, role=Role.VIEWER))
        except PlatformError:
            return about | {"rows": [], "note": "The rows are shown to the person and not to you."}
        return about | {"rows": seen.rows[:ROWS_SHOWN]}
