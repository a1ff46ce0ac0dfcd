"""Logistic regression on features, calibrated on later days: a chance, and what made it.

Unknown features take the mean and a flag of their own, so that "never wrote" is not "wrote neutrally". Nothing heavy is
imported before a model is fitted.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.risk.features import MEANING, NAMES, Array, Snapshot


@dataclass(frozen=True)
class Reason:
    """How far a feature moved the score from that of the average learner, on the scale of log-odds."""

    feature: str
    meaning: str
    value: float | None
    weight: float


@dataclass(frozen=True)
class RiskModel:
    """Fitted on ``days``; ``calibration`` maps its raw chance to what happened."""

    mean: Array
    spread: Array
    weights: Array
    bias: float
    calibration: Any
    days: tuple[int, ...]

    def chance(self, features: Array) -> Array:
        """Of going silent, per learner."""
        raw = 1 / (1 + np.exp(-(self._inputs(features) @ self.weights + self.bias)))
        return np.asarray(self.calibration.predict(raw))

    def reasons(self, features: Array, most: int = 3) -> list[list[Reason]]:
        """Per learner, the features that moved the score most; together with the average they make it."""
        parts = self._inputs(features) * self.weights
        count = len(NAMES)
        parts = parts[:, :count] + parts[:, count:]
        order = np.argsort(-np.abs(parts), axis=1)[:, :most]
        return [
            [
                Reason(
                    NAMES[place],
                    MEANING[NAMES[place]],
                    None if np.isnan(features[row, place]) else float(features[row, place]),
                    float(parts[row, place]),
                )
                for place in order[row]
            ]
            for row in range(len(features))
        ]

    def _inputs(self, features: Array) -> Array:
        return inputs(features, self.mean, self.spread)


def inputs(features: Array, mean: Array, spread: Array) -> Array:
    unknown = np.isnan(features)
    scaled = np.clip((np.where(unknown, mean, features) - mean) / spread, -4, 4)
    return np.concatenate([scaled, unknown.astype(float)], axis=1)


def fit(training: list[Snapshot], calibrating: list[Snapshot]) -> RiskModel:
    """Weights from the training days, calibration from the later ones; both with their outcome known."""
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LogisticRegression

    features, left = together(training)
    known = np.isfinite(features)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, features, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, features - mean, 0.0) ** 2).sum(axis=0) / count)
    spread = np.maximum(spread, 1e-9)
    regression = LogisticRegression(C=1.0, max_iter=500).fit(inputs(features, mean, spread), left)
    later, happened = together(calibrating)
    raw = regression.predict_proba(inputs(later, mean, spread))[:, 1]
    calibration = IsotonicRegression(y_min=0.005, y_max=0.995, out_of_bounds="clip").fit(raw, happened)
    days = tuple(each.day for each in (*training, *calibrating))
    return RiskModel(mean, spread, regression.coef_[0], float(regression.intercept_[0]), calibration, days)


def together(snapshots: list[Snapshot]) -> tuple[Array, NDArray[np.bool_]]:
    features = np.concatenate([each.features for each in snapshots])
    return features, np.concatenate([each.left for each in snapshots if each.left is not None])
