"""Many statements, each judged for itself: good ones are stored, bad ones go to quarantine, each has a verdict.

Shared by the bulk route and the command line's import. Does not live here: HTTP, files.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from analytics_platform.collector.errors import Invalid, NotJson
from analytics_platform.collector.resources.statement_bodies import prepare_body
from analytics_platform.collector.store.transaction import REASONS
from analytics_platform.collector.store.writes import Line, StoreStatements, Verdict, refused_statement
from analytics_platform.collector.xapi.preparing import Prepared
from analytics_platform.collector.xapi.versions import Spoken
from analytics_platform.errors import PlatformError

PORTION, PORTION_BYTES = 500, 4 << 20


@dataclass
class Portion:
    """Some items of a load: what to store, and for each item its verdict or its place among the prepared."""

    statements: list[Prepared] = field(default_factory=list)
    refused: list[Line] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0
    _of: list[int] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.verdicts) >= PORTION or self.size >= PORTION_BYTES

    def write(self, owner: str, void_all: bool = False) -> StoreStatements:
        return StoreStatements(self.statements, owner, whole=False, void_all=void_all, refused=self.refused)

    def settle(self, verdicts: list[Verdict]) -> list[dict[str, Any]]:
        """The verdicts of all items, once the store has spoken."""
        for place, statement, verdict in zip(self._of, self.statements, verdicts, strict=True):
            self.verdicts[place] |= {"id": statement.id, "verdict": verdict.value}
            if verdict in REASONS:
                self.verdicts[place]["reason"] = REASONS[verdict]
        return self.verdicts

    def leave_out(self, which: list[bool], verdict: str) -> None:
        """Store some of the good statements not, by their places; their verdict says it."""
        kept = [place for place, left in enumerate(which) if not left]
        for place, left in zip(self._of, which, strict=True):
            if left:
                self.verdicts[place]["verdict"] = verdict
        self.statements = [self.statements[place] for place in kept]
        self._of = [self._of[place] for place in kept]

    def judge(self, index: int, text: bytes, authority: dict[str, Any]) -> None:
        self.size += len(text)
        try:
            prepared = prepare_body(text, authority, None, None, Spoken.UNSAID)
        except Invalid as error:
            if isinstance(error, NotJson):
                self.refused.append(Line("xapi/statements", text))  # landing wraps it, and says so
            else:
                self.refused.append(refused_statement(text, f"{error.top} {error.why}" if error.top else error.why))
            verdict = {"index": index, "verdict": "refused", "reason": error.why}
            self.verdicts.append(verdict | ({"where": error.where} if error.where else {}))
        else:
            self._of.append(len(self.verdicts))
            self.statements.append(prepared)
            self.verdicts.append({"index": index})


def portions(texts: Iterable[bytes], authority: dict[str, Any]) -> Iterator[Portion]:
    """Judge items some hundred at a time; empty ones are none. The index counts from 0."""
    portion, index = Portion(), 0
    try:
        for text in texts:
            if not text.strip():
                continue
            portion.judge(index, text.strip(), authority)
            index += 1
            if portion.is_full:
                yield portion
                portion = Portion()
    except PlatformError:  # the texts broke off: what came before is good
        yield portion
        raise
    if portion.verdicts:
        yield portion
