"""What people said of incidents, and what the detector makes of it: later training, and a threshold per series.

A confirmed incident stays out of training for good and makes its series a little easier to alarm; a dismissed one is
normal: its rows are trained on, and its series needs more surprise. A verdict counts from the row after it was given,
never before: the past is not judged again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.options import Options

LOWEST, HIGHEST = 0.7, 2.0


class Verdict(StrEnum):
    confirmed = "confirmed"
    dismissed = "dismissed"


@dataclass(frozen=True)
class Feedback:
    """A verdict on the rows of one series between two times, and when it was given (all in seconds)."""

    series: str
    first: int
    last: int
    verdict: Verdict
    given: int


@dataclass
class Lessons:
    """Feedback of one batch, by column."""

    factors: NDArray[np.float64] | None = None  # of the surprise that is needed; series × columns
    spans: list[tuple[int, int, int, int, bool]] = field(default_factory=list)  # series, first, last, known, trained on

    def factor(self, start: int, stop: int) -> NDArray[np.float64] | float:
        return 1.0 if self.factors is None else self.factors[:, start:stop]

    def teach(self, used: NDArray[np.bool_], start: int) -> list[tuple[int, int, int]]:
        """Set what is trained on, by all verdicts given before column ``start``; the confirmed are the answer."""
        known = [span for span in self.spans if span[3] <= start]
        for series, first, last, _, trained in known:
            used[series, first : min(last + 1, start)] = trained
        return [(series, first, last) for series, first, last, _, trained in known if not trained]


def lessons_of(
    feedback: Sequence[Feedback],
    names: Sequence[str],
    times: Sequence[NDArray[np.int64]],
    columns: int,
    options: Options,
) -> Lessons:
    """Feedback by name and time as rows and columns of a batch."""
    index = {name: number for number, name in enumerate(names)}
    relevant = [each for each in feedback if each.series in index]
    if not relevant:
        return Lessons()
    factors = np.ones((len(names), columns))
    spans = []
    for each in sorted(relevant, key=lambda item: item.given):
        series = index[each.series]
        when = times[series]
        first, last = int(np.searchsorted(when, each.first)), int(np.searchsorted(when, each.last, side="right")) - 1
        known = max(int(np.searchsorted(when, each.given, side="right")), last + 1)
        dismissed = each.verdict is Verdict.dismissed
        factors[series, known:] *= options.dismissed_factor if dismissed else options.confirmed_factor
        if last >= first:
            spans.append((series, first, last, known, dismissed))
    return Lessons(np.clip(factors, LOWEST, HIGHEST), spans)
