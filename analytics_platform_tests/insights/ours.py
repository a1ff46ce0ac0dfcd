"""``python -m analytics_platform_tests.insights.ours [--seeds 12] [--from 2000]``: our detector, family by family.

Per family: incidents found, false alarms a series-week, rows from the beginning of an incident to its alarm (median and
90th percentile), and which signals the false alarms came from; over all, how well scores rank. Seeds from 2000 on were
not looked at while the detector was changed (those below were).
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics_platform.insights.options import DEFAULT, Options
from analytics_platform.insights.scoring import score
from analytics_platform.insights.series_csv import Series
from analytics_platform.insights.signals import NAMES
from analytics_platform.insights.verdicts import SEVERITIES, Verdicts
from analytics_platform_tests.insights.families import FAMILIES, QUIET, family
from analytics_platform_tests.insights.planting import Planted
from analytics_platform_tests.insights.ranking import auc, order, spread


@dataclass
class Told:
    """Sums over the series of a family."""

    windows: int = 0
    found: int = 0
    weeks: float = 0.0
    late: list[int] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    critical: int = 0  # of the false alarms
    signals: Counter[str] = field(default_factory=Counter)

    def add(self, planted: Planted, verdicts: Verdicts) -> None:
        alarms = np.flatnonzero(verdicts.is_anomaly)
        alarms = alarms[alarms >= planted.probation]
        self.weeks += (len(planted.values) - planted.probation) * planted.step / 604800
        self.windows += len(planted.windows)
        inside = np.zeros(len(alarms), dtype=bool)
        for number, (start, stop) in enumerate(planted.windows):
            hits = (alarms >= start) & (alarms < stop)
            inside |= hits
            if hits.any():
                self.found += 1
                self.late.append(int(alarms[hits][0] - start))
                self.right.append(float(verdicts.score[alarms[hits]].max()))
                self.sizes.append(planted.sizes[number] if planted.sizes else np.nan)
        for alarm in alarms[~inside].tolist():
            self.wrong.append(float(verdicts.score[alarm]))
            self.signals[NAMES[verdicts.signal[alarm]]] += 1
            self.critical += SEVERITIES[verdicts.severity[alarm]] == "critical"

    @property
    def recall(self) -> float:
        return self.found / self.windows if self.windows else float("nan")

    @property
    def false_a_week(self) -> float:
        return len(self.wrong) / self.weeks


def measure(names: Iterable[str], seeds: Iterable[int], options: Options = DEFAULT) -> dict[str, Told]:
    planted = [family(name, seed) for name in names for seed in seeds]
    return judged(planted, options)


def judged(planted: Sequence[Planted], options: Options = DEFAULT) -> dict[str, Told]:
    series = [
        Series(str(place), each.times, each.values, np.arange(len(each.values))) for place, each in enumerate(planted)
    ]
    found = {each.background: Told() for each in planted}
    for place, verdicts in score(series, options):
        found[planted[place].background].add(planted[place], verdicts)
    return found


def table(found: dict[str, Told]) -> str:
    lines = [
        f"{'family':<16}{'windows':>8}{'recall':>8}{'late 50':>8}{'late 90':>8}{'false/week':>12}{'order':>7}  false"
    ]
    for name, told in found.items():
        late = np.percentile(told.late, [50, 90]) if told.late else (np.nan, np.nan)
        known = [pair for pair in zip(told.right, told.sizes, strict=True) if np.isfinite(pair[1])]
        ranked = order([pair[0] for pair in known], [pair[1] for pair in known])
        lines.append(
            f"{name:<16}{told.windows:>8}{told.recall:>8.2f}{late[0]:>8.0f}{late[1]:>8.0f}{told.false_a_week:>12.3f}"
            f"{ranked:>7.2f}  {dict(told.signals)} critical {told.critical}"
        )
    quiet = [told for name, told in found.items() if name in QUIET]
    right = [each for told in found.values() for each in told.right]
    wrong = [each for told in found.values() for each in told.wrong]
    alarms, weeks = sum(len(told.wrong) for told in quiet), sum(told.weeks for told in quiet)
    windows = sum(told.windows for told in found.values())
    lines.append(
        f"recall {sum(told.found for told in found.values()) / max(windows, 1):.2f} of {windows}; quiet: {alarms} false"
        f" alarms in {weeks:.0f} series-weeks ({alarms / weeks if weeks else np.nan:.3f} a week); AUC of"
        f" scores {auc(right, wrong):.2f}; spread of true alarms {spread(right):.2f}, of false ones {spread(wrong):.2f}"
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Our detector on generated series of a business with planted truth.")
    parser.add_argument("--seeds", type=int, default=12, help="Series per family.")
    parser.add_argument("--from", dest="first", type=int, default=2000, help="First seed; below 2000 is training.")
    parser.add_argument("--families", nargs="*", default=list(FAMILIES), help="Families to measure.")
    asked = parser.parse_args()
    print(table(measure(asked.families, range(asked.first, asked.first + asked.seeds))))


if __name__ == "__main__":
    main()
