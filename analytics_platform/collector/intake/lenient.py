"""Many statements, each judged for itself: good ones are stored, bad ones go to quarantine, each has a verdict.

Shared by the bulk route and the command line's import. Does not live here: HTTP, files.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.store.works import Line, StoreStatements, Verdict, refused_line
from analytics_platform.collector.xapi.preparing import Prepared
from analytics_platform.collector.xapi.statement_intake import prepare_one

PORTION = 500


@dataclass
class Portion:
    """Some items of a load: what to store, and for each item its verdict or its place among the prepared."""

    statements: list[Prepared] = field(default_factory=list)
    refused: list[Line] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    _of: list[int] = field(default_factory=list)

    def work(self, owner: str) -> StoreStatements:
        return StoreStatements(self.statements, owner, whole=False, refused=self.refused)

    def settle(self, verdicts: list[Verdict]) -> list[dict[str, Any]]:
        """The verdicts of all items, once the store has spoken."""
        for place, statement, verdict in zip(self._of, self.statements, verdicts, strict=True):
            self.verdicts[place] |= {"id": statement.id, "verdict": verdict.value}
            if verdict is Verdict.CONFLICT:
                self.verdicts[place]["reason"] = "This id is stored with other content, which stays."
        return self.verdicts

    def judge(self, index: int, item: Any, raw: bytes, authority: dict[str, Any]) -> None:
        """``item`` is a parsed statement, or the Invalid that its text gave."""
        if not isinstance(item, Invalid):
            try:
                prepared = prepare_one(item, authority, None)
            except Invalid as error:
                item = error
            else:
                self._of.append(len(self.verdicts))
                self.statements.append(prepared)
                self.verdicts.append({"index": index})
                return
            self.refused.append(refused_line(raw, item.why, item.where))
        else:
            self.refused.append(Line("xapi/statements", raw))  # landing wraps what is no JSON, and says so
        verdict = {"index": index, "verdict": "refused", "reason": item.why}
        self.verdicts.append(verdict | ({"where": item.where} if item.where else {}))


def portions(items: Iterable[tuple[int, Any, bytes]], authority: dict[str, Any]) -> Iterator[Portion]:
    """Judge items some hundred at a time."""
    source = iter(items)
    while chunk := list(islice(source, PORTION)):
        portion = Portion()
        for index, item, raw in chunk:
            portion.judge(index, item, raw, authority)
        yield portion


def array_items(values: list[Any]) -> Iterator[tuple[int, Any, bytes]]:
    for index, value in enumerate(values):
        yield index, value, orjson.dumps(value)


def line_items(lines: Iterable[bytes]) -> Iterator[tuple[int, Any, bytes]]:
    """NDJSON; empty lines are none. The index counts from 0."""
    index = 0
    for line in lines:
        text = line.strip()
        if not text:
            continue
        try:
            yield index, orjson.loads(text), text
        except orjson.JSONDecodeError as error:
            yield index, Invalid(f"is no JSON: {error.msg}"), text
        index += 1
