"""Do scores rank? The area under the curve of true alarms against false ones, and the order of large before small."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def auc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The chance that a true alarm has a higher score than a false one; equal ones count half. NaN without both."""
    if not right or not wrong:
        return float("nan")
    difference = np.asarray(right)[:, None] - np.asarray(wrong)[None, :]
    return float((np.sign(difference) + 1).mean() / 2)


def spread(scores: Sequence[float]) -> float:
    """Of alarms' scores: between the lowest and the highest tenth."""
    low, high = np.percentile(scores, [10, 90]) if len(scores) else (np.nan, np.nan)
    return float(high - low)


def order(scores: Sequence[float], sizes: Sequence[float]) -> float:
    """Rank correlation of scores and sizes of incidents."""
    ranks: list[NDArray[np.float64]] = [np.argsort(np.argsort(each)).astype(float) for each in (scores, sizes)]
    return float(np.corrcoef(*ranks)[0, 1]) if len(scores) > 2 else float("nan")
