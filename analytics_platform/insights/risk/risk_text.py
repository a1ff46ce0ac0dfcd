"""Chances of leaving in words and as JSON: what the score is worth first, then learners and what made their score.

Does not live here: the score (model, backtest).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from analytics_platform.insights.risk.backtest import Scored, Tested
from analytics_platform.insights.risk.model import Reason
from analytics_platform.insights.verdict_formats import rounded


def as_object(found: Scored, names: Sequence[str], day: str, horizon: int) -> dict[str, Any]:
    """``null`` where nothing could be measured; learners by falling chance."""
    return {
        "day": day,
        "horizon": horizon,
        "abstained": found.reason is not None,
        "reason": found.reason,
        "backtest": _tested(found.tested) if found.tested else None,
        "learners": [
            {
                "learner": name,
                "chance": rounded(chance),
                "because": [
                    {
                        "feature": reason.feature,
                        "meaning": reason.meaning,
                        "value": None if reason.value is None else rounded(reason.value),
                        "weight": rounded(reason.weight),
                    }
                    for reason in reasons
                ],
            }
            for name, chance, reasons in _ranked(found, names)
        ],
    }


def lines(found: Scored, names: Sequence[str], day: str, horizon: int, most: int) -> list[str]:
    """A table for people."""
    told = []
    if found.tested:
        tested = found.tested
        told += [
            f"Backtest on the {tested.learners} learners of the last {horizon} days that are over: AUC"
            f" {tested.auc:.2f}; {tested.base_rate:.0%} went silent; chance and outcome are"
            f" {tested.error:.3f} apart on average.",
            f"{'learners':>10}{'predicted':>11}{'happened':>10}",
            *(f"{each.learners:>10}{each.predicted:>11.0%}{each.happened:>10.0%}" for each in tested.calibration),
        ]
    if found.reason:
        return [*told, f"No scores: {found.reason}."]
    told.append(f"Chance of no activity for {horizon} days from {day} on:")
    told += [
        f"{chance:>6.0%}  {name[:35]:<36}{', '.join(map(_because, reasons))}"
        for name, chance, reasons in list(_ranked(found, names))[:most]
    ]
    return told


def _ranked(found: Scored, names: Sequence[str]) -> Iterator[tuple[str, float, list[Reason]]]:
    if found.person is None or found.chance is None or found.reasons is None:
        return
    for row in np.argsort(-found.chance, kind="stable"):
        yield names[found.person[row]], float(found.chance[row]), found.reasons[row]


def _because(reason: Reason) -> str:
    """▲ makes leaving likelier, ▼ less likely."""
    value = "unknown" if reason.value is None else f"{reason.value:.3g}"
    return f"{'▲' if reason.weight > 0 else '▼'} {reason.meaning} {value}"


def _tested(tested: Tested) -> dict[str, Any]:
    return {
        "auc": rounded(tested.auc),
        "learners": tested.learners,
        "base_rate": rounded(tested.base_rate),
        "error": rounded(tested.error),
        "calibration": [
            {"learners": each.learners, "predicted": rounded(each.predicted), "happened": rounded(each.happened)}
            for each in tested.calibration
        ],
    }
