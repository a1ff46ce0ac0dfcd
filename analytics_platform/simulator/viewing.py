"""Viewings of videos: who watched which seconds, and what is therefore true of each video.

A viewing is one or two stretches of whole seconds, the second one after a seek. Each kind of player tells it in its
own dialect (``video`` for players, ``profile`` for xAPI). Does not live here: any event's text.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics_platform.simulator.people import People
from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.rhythm import LATEST, times_of_day
from analytics_platform.simulator.texts import Bools, Ints, identifiers
from analytics_platform.simulator.words import catalogue

DROP_VIDEO = "vid-sleep"
VIDEO_ADDRESS = "https://videos.example.org/"  # before an id, as statements call the video
DROP_SECOND = 73
DROP_SHARE = 0.4
HEARTBEAT = 10  # seconds of video between two heartbeats
COMPLETED = 0.95  # of the video seen, a view counts as completed


@dataclass(frozen=True)
class Videos:
    ids: list[str]
    titles: list[str]
    seconds: Ints

    @property
    def drop(self) -> int:
        return self.ids.index(DROP_VIDEO)

    @property
    def offsets(self) -> Ints:
        """Where each video's seconds begin when all are laid end to end (0 to its length, both included)."""
        return np.concatenate([[0], np.cumsum(self.seconds + 1)]).astype(np.int64)


@lru_cache(maxsize=1)
def videos() -> Videos:
    entries: list[dict[str, Any]] = catalogue("people")["video"]
    seconds = np.array([entry["seconds"] for entry in entries], np.int64)
    return Videos([entry["id"] for entry in entries], [entry["title"] for entry in entries], seconds)


@dataclass(frozen=True)
class Views:
    """Columns, one entry for each viewing. Without a second stretch ``start2 == end2``."""

    video: Ints
    person: NDArray[np.int32]
    start1: Ints
    end1: Ints
    start2: Ints
    end2: Ints
    began: Ints  # microseconds since 1970
    closed: Bools  # the tab was closed: no last event
    session: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.video)

    def first(self, count: int) -> "Views":
        return Views(**{name: column[:count] for name, column in vars(self).items()})

    @property
    def seeks(self) -> Bools:
        return self.end2 > self.start2

    @property
    def watched(self) -> Ints:
        return self.end1 - self.start1 + self.end2 - self.start2

    @property
    def last(self) -> Ints:
        """The position at the end."""
        return np.where(self.seeks, self.end2, self.end1)

    @property
    def unique(self) -> Ints:
        overlap = np.minimum(self.end1, self.end2) - np.maximum(self.start1, self.start2)
        return self.watched - np.where(self.seeks, overlap.clip(0), 0)


def draw_views(rng: np.random.Generator, people: People, present: Ints, midnight: int, count: int) -> Views:
    """Viewings of one day: casual ones, skippers, completers, and binge viewers who watch a part again."""
    catalogue_ = videos()
    popularity = np.full(len(catalogue_.ids), 0.75 / (len(catalogue_.ids) - 1))
    popularity[catalogue_.drop] = 0.25
    video = rng.choice(len(catalogue_.ids), count, p=popularity)
    length = catalogue_.seconds[video]
    kind = rng.choice(4, count, p=[0.45, 0.2, 0.15, 0.2])
    casual = np.ceil(length * rng.beta(1.3, 1.6, count)).astype(np.int64).clip(3)
    skipped = np.ceil(length * rng.uniform(0.1, 0.4, count)).astype(np.int64)
    end1 = np.select([kind == 0, kind == 1], [casual, skipped], length)
    ahead = end1 + np.ceil(length * rng.uniform(0.1, 0.3, count)).astype(np.int64)
    back = (length * rng.uniform(0, 0.6, count)).astype(np.int64)
    start2 = np.select([kind == 1, kind == 2], [np.minimum(ahead, length - 5), back], 0)
    more = np.ceil(length * rng.uniform(0.1, 0.35, count)).astype(np.int64)
    end2 = np.where((kind == 1) | (kind == 2), np.minimum(start2 + more, length), 0)
    leaves = (video == catalogue_.drop) & (rng.random(count) < DROP_SHARE)
    closed = ~leaves & (rng.random(count) < 0.12)
    latest = LATEST - 2 * int(catalogue_.seconds.max()) * SECOND
    return Views(
        video=video,
        person=present[rng.integers(0, len(present), count)].astype(np.int32),
        start1=np.zeros(count, np.int64),
        end1=np.where(leaves, DROP_SECOND, end1),
        start2=np.where(leaves, 0, start2),
        end2=np.where(leaves, 0, end2),
        began=midnight + times_of_day(rng, count, latest),
        closed=closed,
        session=identifiers(rng, count),
    )


@dataclass
class ViewCounts:
    """What is true of all viewings, as sums over the seconds of all videos laid end to end."""

    views: Ints
    play_seconds: Ints
    completed: Ints
    without_end: Ints
    present: Ints  # viewings that saw this second (it counts once, however often it was watched)
    left: Ints  # viewings whose last position is this second

    @classmethod
    def of(cls, views: Views) -> "ViewCounts":
        catalogue_ = videos()
        kinds, offsets = len(catalogue_.ids), catalogue_.offsets
        base = offsets[views.video]
        ends = np.zeros(offsets[-1] + 1, np.int64)
        again = views.seeks & (views.start2 < views.end1)
        np.add.at(ends, base + views.start1, 1)
        np.add.at(ends, base + np.where(again, np.maximum(views.end1, views.end2), views.end1), -1)
        ahead = views.seeks & ~again
        np.add.at(ends, (base + views.start2)[ahead], 1)
        np.add.at(ends, (base + views.end2)[ahead], -1)
        done = views.unique >= COMPLETED * catalogue_.seconds[views.video]

        def per_video(weights: NDArray[Any]) -> Ints:
            return np.bincount(views.video, weights=weights, minlength=kinds).astype(np.int64)

        return cls(
            views=np.bincount(views.video, minlength=kinds),
            play_seconds=per_video(views.watched),
            completed=per_video(done),
            without_end=per_video(views.closed),
            present=np.cumsum(ends)[:-1],
            left=np.bincount(base + views.last, minlength=offsets[-1]),
        )

    def __add__(self, other: "ViewCounts") -> "ViewCounts":
        return ViewCounts(
            *(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True))
        )
