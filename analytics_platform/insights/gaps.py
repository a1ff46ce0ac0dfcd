"""Data gap or behaviour: a deviation while a check of the source has failed tells of the data, not of people.

Does not live here: which checks there are and when they failed (the control room knows).
"""

from collections.abc import Sequence
from dataclasses import dataclass

BEHAVIOUR, DATA_GAP = "behaviour", "data gap"


@dataclass(frozen=True)
class FailedCheck:
    """A check of a source that was red from ``first`` to ``last`` (seconds); NULL: it still is."""

    source: str
    check: str
    first: int
    last: int | None


@dataclass(frozen=True)
class Checks:
    """Failed checks, and the source that all series come from; NULL: a series has the name of its source."""

    failures: Sequence[FailedCheck]
    source: str | None = None

    def nature(self, series: str, first: int, last: int) -> "Nature":
        return nature(self.source or series, first, last, self.failures)


@dataclass(frozen=True)
class Nature:
    kind: str
    checks: tuple[str, ...] = ()


def nature(source: str, first: int, last: int, failures: Sequence[FailedCheck]) -> Nature:
    """Of an incident of a series of ``source`` between two times."""
    checks = sorted(
        {
            each.check
            for each in failures
            if each.source == source and each.first <= last and (each.last is None or each.last >= first)
        }
    )
    return Nature(DATA_GAP, tuple(checks)) if checks else Nature(BEHAVIOUR)
