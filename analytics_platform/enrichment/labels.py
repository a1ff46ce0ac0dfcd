"""What every method answers: one ``Label`` per text and task, and the interface that the methods share.

Does not live here: how a label is found (``local``, ``llm``, ``embedding``, ``safety``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Task = Literal["language", "topic", "intent", "sentiment", "safety"]
TASKS: tuple[Task, ...] = ("language", "topic", "intent", "sentiment", "safety")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Label:
    """One answer. ``labels`` holds every label that applies, the first one first; empty when unknown."""

    task: str
    label: str
    confidence: float
    method: str
    version: str
    labels: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_unknown(self) -> bool:
        return self.label == UNKNOWN


Labels = dict[str, Label]
"""The labels of one text, by task."""


class Method(Protocol):
    """A way to label texts. The answer has one entry per text, in the order of the texts, with every task asked for."""

    name: str

    def label(self, texts: Sequence[str], tasks: Sequence[str]) -> list[Labels]: ...


def unsure(task: str, method: str, version: str, confidence: float = 0.0, reason: str = "") -> Label:
    """An answer that says: not known."""
    return Label(task, UNKNOWN, confidence, method, version, (), (reason,) if reason else ())
