"""An alert: one thing that somebody should know, named by its cause.

The cause is a stable fingerprint: as long as it is open, it is told once. A scope is a part of a cause (a day) that
has to become well again: the cause has recovered when its last scope has.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Severity = Literal["critical", "high", "medium", "low"]
Kind = Literal[
    "run_failed",
    "check_failed",
    "incident",
    "safety",
    "stale",
    "automation_failed",
    "gave_up",
    "budget_spent",
    "file_refused",
    "test",
]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Alert:
    """What is told. ``todo`` says what to do next, ``link`` where to look."""

    kind: Kind
    severity: Severity
    owner: str
    cause: str
    title: str
    text: str
    todo: str
    link: str = ""
    scopes: tuple[str, ...] = ()
    tells_each_scope: bool = False  # a further scope of an open cause is told too

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def is_graver(one: Severity, other: Severity) -> bool:
    return SEVERITIES.index(one) < SEVERITIES.index(other)
