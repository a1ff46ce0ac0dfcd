"""``python -m analytics_platform_tests.insights.harness [--seeds 12] [--from 1000]``: detectors × shapes, in one table.

Generated series of known truth. Per shape and detector: precision and recall by window, median delay (share of the
window; the incident itself begins at one half), false alarms per series-week, and the early-detection score (0 never
speaks, 100 perfect). Options were chosen on seeds below 1000; the table's default is seeds that nobody looked at.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from analytics_platform.insights.detector import cooldown
from analytics_platform.insights.options import DEFAULT, Options
from analytics_platform.insights.scoring import score
from analytics_platform.insights.series_csv import Series
from analytics_platform_tests.insights.earliness import Tally, tally
from analytics_platform_tests.insights.planting import Planted, plant
from analytics_platform_tests.insights.rivals import RIVALS, alarms
from analytics_platform_tests.insights.shapes import BACKGROUNDS

OURS = "ours"


def measure(shapes: Iterable[str], seeds: Iterable[int], options: Options = DEFAULT) -> dict[str, dict[str, Tally]]:
    """By shape, then by detector."""
    planted = [plant(shape, seed) for shape in shapes for seed in seeds]
    series = [
        Series(str(place), each.times, each.values, np.arange(len(each.values))) for place, each in enumerate(planted)
    ]
    found: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for place, verdicts in score(series, options):
        each = planted[place]
        found[each.background][OURS] += _tally(each, np.flatnonzero(verdicts.is_anomaly))
    for each in planted:
        for name, (statistic, threshold) in RIVALS.items():
            rows = alarms(statistic(each), threshold, each.probation, cooldown(each.step))
            found[each.background][name] += _tally(each, rows)
    return found


def _tally(planted: Planted, rows: np.ndarray) -> Tally:  # type: ignore[type-arg]
    return tally(rows, planted.windows, len(planted.values), planted.probation, planted.step)


def table(found: dict[str, dict[str, Tally]]) -> str:
    lines = [
        f"{'shape':<18}{'detector':<14}{'windows':>8}{'precision':>11}{'recall':>8}{'delay':>7}{'false/week':>12}{'early':>8}"
    ]
    total: dict[str, Tally] = defaultdict(Tally)
    for shape, detectors in found.items():
        for name, result in detectors.items():
            total[name] += result
            lines.append(_line(shape, name, result))
    return "\n".join([*lines, *(_line("all", name, result) for name, result in total.items())])


def _line(shape: str, name: str, result: Tally) -> str:
    delay = float(np.median(result.delays)) if result.delays else float("nan")
    return (
        f"{shape:<18}{name:<14}{result.windows:>8}{result.precision:>11.2f}{result.recall:>8.2f}{delay:>7.2f}"
        f"{result.false_alarms / result.weeks:>12.2f}{result.early:>8.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Detectors by shape of series, on generated series of known truth.")
    parser.add_argument("--seeds", type=int, default=12, help="Series per shape.")
    parser.add_argument("--from", dest="first", type=int, default=1000, help="First seed; below 1000 is training.")
    parser.add_argument("--shapes", nargs="*", default=list(BACKGROUNDS), help="Shapes to measure.")
    asked = parser.parse_args()
    print(table(measure(asked.shapes, range(asked.first, asked.first + asked.seeds))))


if __name__ == "__main__":
    main()
