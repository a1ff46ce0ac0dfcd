"""Data gap or behaviour: a deviation while a check of its source fails comes from the data, not from people.

Does not live here: which checks there are and when they failed (``platform_days``, ``records``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

BEHAVIOUR, DATA_GAP = "behaviour", "data gap"
PLATFORM = "platform"  # the source of series over all sources


@dataclass(frozen=True)
class FailedCheck:
    """A check of a source that was red from ``first`` to ``last`` (seconds); None: it still is."""

    source: str
    check: str
    first: int
    last: int | None


@dataclass(frozen=True)
class Checks:
    """Failed checks, and the source that all series come from; None: a series has the name of its source."""

    failures: Sequence[FailedCheck]
    source: str | None = None

    def nature(self, series: str, first: int, last: int) -> "Nature":
        return nature(self.source or series, first, last, self.failures)


@dataclass(frozen=True)
class Nature:
    kind: str
    checks: tuple[str, ...] = ()


def failures_of(
    source: str, dimension: str | None, member: str | None, failures: Sequence[FailedCheck]
) -> list[FailedCheck]:
    """The failures that concern a series. Series over all sources are made of each of them; of their members, those of
    one source or lake table are of that source alone.
    """
    if source != PLATFORM:
        return [each for each in failures if each.source == source]
    own = (member or "").partition("/")[0] if dimension in ("source", "lake_table") else None
    return [replace(each, source=source) for each in failures if own in (None, each.source)]


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
