"""Videos second by second and minute by minute: video_retention_curve, video_dropoffs, video_concurrency.

Lives here: curves and sweeps over views. Does not live here: views and what they come to by day (``video``).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from math import ceil, exp, floor, log, sqrt
from typing import Any

from analytics_platform_tests.reference.progress import share
from analytics_platform_tests.reference.stretches import union
from analytics_platform_tests.reference.video import Video, videos
from analytics_platform_tests.reference.world import World

Row = dict[str, Any]
Z = 1.959963984540054  # of a two-sided interval of 95 %
FEWEST_AT_RISK, THRESHOLD, APART, MOST_CHANCE = 20, 0.1, 2, 0.05


def wilson(exits: int, at_risk: int) -> float | None:
    """Lower end of the interval of 95 %."""
    if not at_risk:
        return None
    rate = exits / at_risk
    centre = rate + Z * Z / (2 * at_risk)
    spread = Z * sqrt(rate * (1 - rate) / at_risk + Z * Z / (4 * at_risk * at_risk))
    return max(0.0, (centre - spread) / (1 + Z * Z / at_risk))


def chernoff(part: int, whole: int, chance: float) -> float:
    """The most that P(X >= part) can be, X binomial with so many tries of a chance."""
    if not part or part / whole <= chance:
        return 1.0
    seen = part / whole
    distance = seen * log(seen / chance)
    if part < whole:
        distance += (1 - seen) * log((1 - seen) / (1 - chance))
    return exp(-whole * distance)


@dataclass
class Curve:
    """A video second by second."""

    video: Video

    @cached_property
    def rows(self) -> list[Row]:
        video, seconds = self.video, self.video.seconds
        views, times, unique, skips = len(video.views), *([0] * seconds for _ in range(3))
        for view, stretches in zip(video.views, video.stretches, strict=True):
            for begin, end in stretches:
                for second in range(max(ceil(begin), 0), min(ceil(end), seconds)):
                    times[second] += 1
            for begin, end in union(stretches):
                for second in range(max(ceil(begin), 0), min(ceil(end), seconds)):
                    unique[second] += 1
            for begin, end in view.skips:
                for second in range(max(ceil(begin), 0), min(ceil(end), seconds)):
                    skips[second] += 1
        lasts = [
            floor(min(last, video.length))
            for view in video.views
            if (last := view.last[0]) is not None and video.length
        ]
        straight = [view.before_first_seek for view in video.views]
        rows = []
        for second in range(seconds):
            exits, at_risk = lasts.count(second), sum(last >= second for last in lasts)
            surviving = sum(one >= second for one in straight)
            rows.append(
                {
                    "video_id": video.id,
                    "video_second": second,
                    "views": views,
                    "views_watching": unique[second],
                    "times_watched": times[second],
                    "unique_retention": unique[second] / views,
                    "absolute_retention": times[second] / views,
                    "views_surviving": surviving,
                    "survival": surviving / views,
                    "rewatch": share(times[second] - unique[second], unique[second]),
                    "exits": exits,
                    "views_at_risk": at_risk,
                    "hazard": share(exits, at_risk),
                    "hazard_lower_bound": wilson(exits, at_risk),
                    "skips": skips[second],
                    "is_end": second >= 0.95 * (video.length or 0),
                    "duration_seconds": video.length,
                    "duration_is_estimated": video.is_estimated,
                }
            )
        inner = [row for row in rows if not row["is_end"]]
        exits, at_risk = (sum(row[name] for row in inner) for name in ("exits", "views_at_risk"))
        judged = sum(row["views_at_risk"] >= FEWEST_AT_RISK for row in inner)
        for row in rows:
            row["mean_hazard"] = share(exits, at_risk)
            row["chance"] = None
            if judged and not row["is_end"]:
                row["chance"] = min(1.0, judged * chernoff(row["exits"], exits, row["views_at_risk"] / at_risk))
        return rows


@lru_cache(maxsize=1)
def curves(world: World) -> list[Curve]:
    return [Curve(video) for video in videos(world).values() if video.views and video.length]


def video_retention_curve(world: World) -> Iterator[Row]:
    every = curves(world)
    bands = defaultdict(list)
    for curve in every:
        bands[curve.video.band].append(curve)
    for curve in every:
        video, band = curve.video, bands[curve.video.band]
        assert video.length
        for row in curve.rows:
            place = min(99, floor(100 * row["video_second"] / video.length))
            mine = _at(curve, place)
            lower = sum(_at(other, place) < mine for other in band)
            compared = len(band)
            yield row | {
                "compared_videos": compared,
                "relative_retention": lower / (compared - 1) if compared >= 5 else None,
            }


def _at(curve: Curve, place: int) -> float:
    """A at a hundredth of the video's length."""
    second = floor(place * (curve.video.length or 0) / 100)
    return float(curve.rows[second]["absolute_retention"])


def video_dropoffs(world: World) -> Iterator[Row]:
    for curve in curves(world):
        groups: list[list[Row]] = []
        for row in curve.rows:
            hazard, chance = row["hazard"], row["chance"]
            if (
                row["views_at_risk"] >= FEWEST_AT_RISK and not row["is_end"] and hazard is not None
                and hazard >= THRESHOLD and chance is not None and chance <= MOST_CHANCE
            ):  # fmt: skip
                if groups and row["video_second"] - groups[-1][-1]["video_second"] <= APART:
                    groups[-1].append(row)
                else:
                    groups.append([row])
        for number_of, group in enumerate(groups, 1):
            first, last = group[0]["video_second"], group[-1]["video_second"]
            inside = curve.rows[first : last + 1]
            exits, at_risk = sum(row["exits"] for row in inside), inside[0]["views_at_risk"]
            worst = max(inside, key=lambda row: (row["hazard"] or 0, -row["video_second"]))
            yield {
                "video_id": curve.video.id,
                "dropoff_number": number_of,
                "from_second": first,
                "to_second": last,
                "views": inside[0]["views"],
                "views_at_risk": at_risk,
                "exits": exits,
                "drop_off": exits / at_risk,
                "drop_off_lower_bound": wilson(exits, at_risk),
                "worst_second": worst["video_second"],
                "worst_hazard": worst["hazard"],
                "mean_hazard": inside[0]["mean_hazard"],
                "chance": min(row["chance"] for row in group),
                "skips": max(row["skips"] for row in inside),
                "threshold": THRESHOLD,
            }


def video_concurrency(world: World) -> Iterator[Row]:
    playing: dict[str | None, list[tuple[datetime, datetime]]] = defaultdict(list)
    for video in videos(world).values():
        for view in video.views:
            for one in view.intervals:
                if one.playing > 0:  # a player that stalls from the start plays, too
                    span = (one.at, one.at + timedelta(seconds=one.playing))
                    playing[video.id].append(span)
                    playing[None].append(span)
    for video_id, spans in playing.items():
        minutes = defaultdict(list)
        for begin, end in spans:
            minute = begin.replace(second=0, microsecond=0)
            while minute < end:
                after = minute + timedelta(minutes=1)
                minutes[minute].append((max(begin, minute), min(end, after)))
                minute = after
        for minute, parts in minutes.items():
            seconds = sum((end - begin).total_seconds() for begin, end in parts)
            if seconds:
                yield {
                    "day": minute.date(),
                    "minute": minute,
                    "video_id": video_id,
                    "peak": _peak(parts),
                    "average": seconds / 60,
                    "playing_seconds": seconds,
                }


def _peak(parts: list[tuple[datetime, datetime]]) -> int:
    """Most at one moment; who stops at a moment is gone at it."""
    changes = sorted(
        [(begin, 1) for begin, end in parts if end > begin] + [(end, -1) for begin, end in parts if end > begin]
    )
    most = now = 0
    for _, change in sorted(changes, key=lambda one: (one[0], one[1])):
        now += change
        most = max(most, now)
    return most
