"""The detector's one default setting, for every series.

Every number here was chosen on generated series (``analytics_platform_tests/insights/shapes.py``, seeds of the training
half) and is stated in rows of the series unless it says otherwise. A caller may replace any of them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How series are judged. ``theta`` and ``fence`` are the z and IQR verdicts of the definitions (metrics)."""

    theta: float = 3.0
    fence: float = 3.0
    surprise: float = 5.75  # of all statistics together, see surprise.combine
    warm_up_days: float = 2.0  # for steps below a day
    warm_up_least: int = 24
    warm_up_most: int = 600
    history: int = 4000  # rows that baseline and tails look back
    cycles: int = 7  # same slots that the baseline's median is taken over
    cooldown_hours: float = 6.0
    cooldown_least: int = 5
    cooldown_most: int = 288
    learn: int = 120  # rows of one incident after which it is a new normal, and is trained on
    min_absolute: float = 0.0
    min_relative: float = 0.02  # of the usual range (5th to 95th percentile) of the series
    new_day_factor: float = 1.5  # more surprise on the first weekend of what is measured more often than daily
    confirmed_factor: float = 0.9  # a confirmed incident lowers the surprise that the series needs
    dismissed_factor: float = 1.15  # a dismissed one raises it, and the rows are trained on


DEFAULT = Options()
