"""What is said of each row and of each incident, in the words of the definitions (metrics).

From the detector's numbers: low and high, score, direction, severity, the z-score and IQR verdicts, the signal that
spoke. Does not live here: how the numbers come about (detector), how they are written (writing).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.detector import Judged
from analytics_platform.insights.options import Options
from analytics_platform.insights.rolling import Array
from analytics_platform.insights.signals import NAMES

SEVERITIES = ("low", "medium", "high", "critical")
STEPS, CLEAR = (0.25, 0.5, 1.0), (3.0, 4.5, 6.0)  # deviation over what was expected, and over the residuals' scale
QUIET, ALARM, DAMPED, SPREAD, OFTEN = 0.4, 0.6, 0.5, 5.0, 1000


@dataclass(frozen=True)
class Verdicts:
    """Of one series' rows, in time order. NaN where history is too short; 0 is no incident."""

    expected: Array
    low: Array
    high: Array
    z: Array
    score: Array
    over: NDArray[np.bool_]  # over the limit; the first such row of an incident is the alarm
    is_anomaly: NDArray[np.bool_]
    incident: NDArray[np.int32]  # the number of the incident that is open
    z_outlier: NDArray[np.bool_]
    iqr_outlier: NDArray[np.bool_]
    direction: NDArray[np.int8]
    severity: NDArray[np.int8]  # index of SEVERITIES
    signal: NDArray[np.int8]  # index of NAMES


@dataclass(frozen=True)
class Incident:
    """One incident: its alarm's row, its last row, and its largest deviation."""

    number: int
    alarm: int
    last: int
    peak: int
    direction: str
    severity: str
    signal: str


def verdicts_of(judged: Judged, series: int, values: Array, warm: int, options: Options) -> Verdicts:
    """Of one series of a batch."""
    size = len(values)
    expected, z = judged.expected[series, :size], judged.z[series, :size]
    alarm, incident = judged.alarm[series, :size], judged.incident[series, :size]
    known = np.isfinite(expected) & (np.arange(size) >= warm)
    surprise = judged.surprise[:, series, :size]
    sure = sureness(surprise.max(axis=0), z, alarm)
    return Verdicts(
        expected,
        judged.low[series, :size],
        judged.high[series, :size],
        z,
        np.where(known, score_of(judged.combined[series, :size], sure, alarm, incident, options), 0.0),
        judged.over[series, :size],
        alarm,
        incident,
        known & (np.abs(z) >= options.theta),
        known & judged.fenced[series, :size],
        np.where(known, np.sign(values - expected), 0).astype(np.int8),
        severity_of(values, expected, z),
        surprise.argmax(axis=0).astype(np.int8),
    )


def score_of(
    combined: Array, sure: Array, alarm: NDArray[np.bool_], incident: NDArray[np.int32], options: Options
) -> Array:
    """0 to 1. The row that opens an incident has 0.6 or more, any other row 0.4 or less, in an open incident 0.2.

    The distance keeps alarms apart from the rest for any threshold between, in every series.
    """
    below = QUIET * np.minimum(combined / options.surprise, 1.0) ** 4
    opening = ALARM + (1 - ALARM) * (1 - np.exp(-np.maximum(sure, 0.0) / SPREAD))
    return np.asarray(np.where(alarm, opening, np.where(incident > 0, DAMPED * below, below)))


def sureness(surprise: Array, z: Array, alarm: NDArray[np.bool_]) -> Array:
    """What orders incidents: the largest surprise of the row, less where the series alarms often, more where it is far.

    What has piled up over rows decides whether a row alarms, and stands just above the limit when it does: it does not
    tell a sure incident from a chance. Alarms of a series that had one ten rows ago were true half as often as those
    of one that had none for a thousand.
    """
    rows = np.arange(len(z))
    before = np.maximum.accumulate(np.where(alarm, rows, 0))
    since = np.clip(rows - np.concatenate([[0], before[:-1]]), 1, OFTEN)
    return np.asarray(surprise + np.log10(since / OFTEN) + 0.5 * np.log10(1 + np.nan_to_num(np.abs(z))))


def severity_of(values: Array, expected: Array, z: Array) -> NDArray[np.int8]:
    """By deviation relative to what was expected: over 100 % critical, 50 % high, 25 % medium, else low.

    Not above what the series' own noise allows: three where one was expected is 200 % more, and chance.
    """
    off = np.abs(values - expected)
    base = np.abs(expected)
    large = off[:, None] > base[:, None] * np.array(STEPS)
    return np.asarray((large & (np.abs(z)[:, None] >= np.array(CLEAR))).sum(axis=1), dtype=np.int8)


def incidents_of(verdicts: Verdicts) -> list[Incident]:
    """Incidents of one series, oldest first. The peak is the row furthest from what was expected."""
    found = []
    for number in range(1, int(verdicts.incident.max(initial=0)) + 1):
        rows = np.flatnonzero((verdicts.incident == number) & verdicts.over)
        peak = int(rows[np.argmax(np.abs(np.nan_to_num(verdicts.z[rows])))])
        alarm = int(rows[0])
        way = "up" if verdicts.direction[peak] >= 0 else "down"
        found.append(
            Incident(number, alarm, int(rows[-1]), peak, way, SEVERITIES[verdicts.severity[peak]],
                     NAMES[verdicts.signal[alarm]])
        )  # fmt: skip
    return found
