"""The last hour's events as numbers by minute, kept between questions: new events change only the minutes they fall in.

A question over the hour adds up 60 minutes, however many events they hold. Distinct users and repeats need to know who
was seen, so each id is kept once with the last minute of it. Does not live here: reading events (``live``).
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

MICROSECONDS = 60_000_000  # of a minute
Ids = NDArray[np.uint64]
NONE = np.zeros(0, dtype=np.uint64)


@dataclass(frozen=True)
class Events:
    """Events as columns. ``actor`` 0 is nobody; times that are not known are NaN; ``success`` is −1 where not said."""

    key: Ids
    at: NDArray[np.int64]  # microseconds since 1970
    actor: Ids
    is_request: NDArray[np.bool_]
    failed: NDArray[np.bool_]
    response_ms: NDArray[np.float32]
    process_kind: NDArray[np.int32]  # −1: no run of a process
    ai_ms: NDArray[np.float32]
    success: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.key)

    def of(self, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> "Events":
        return Events(*(column[rows] for column in vars(self).values()))

    def and_(self, others: "Events") -> "Events":
        pairs = zip(vars(self).values(), vars(others).values(), strict=True)
        return Events(*(np.concatenate(pair) for pair in pairs))

    @classmethod
    def none(cls) -> "Events":
        types = ("u8", "i8", "u8", "?", "?", "f4", "i4", "f4", "i1")
        return cls(*(np.zeros(0, dtype=kind) for kind in types))


def holds(ordered: Ids, ids: Ids) -> NDArray[np.bool_]:
    """Which of these are among the ordered ones."""
    if not len(ordered):
        return np.zeros(len(ids), dtype=bool)
    return np.asarray(ordered[np.minimum(np.searchsorted(ordered, ids), len(ordered) - 1)] == ids)


class Seen:
    """Ids in order, each with the last minute it was seen in."""

    def __init__(self) -> None:
        self.ids, self.minute = NONE, np.zeros(0, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def knows(self, ids: Ids) -> NDArray[np.bool_]:
        return holds(self.ids, ids)

    def add(self, ids: Ids, minute: NDArray[np.int64]) -> None:
        order = np.lexsort((minute, ids))
        ids, minute = ids[order], minute[order]
        last = np.append(ids[1:] != ids[:-1], True)[: len(ids)]
        ids, minute = ids[last], minute[last]
        known = self.knows(ids)
        place = np.searchsorted(self.ids, ids[known])
        self.minute[place] = np.maximum(self.minute[place], minute[known])
        where = np.searchsorted(self.ids, ids[~known])
        self.ids = np.insert(self.ids, where, ids[~known])
        self.minute = np.insert(self.minute, where, minute[~known])

    def forget_before(self, minute: int) -> None:
        kept = self.minute >= minute
        if not kept.all():
            self.ids, self.minute = self.ids[kept], self.minute[kept]


@dataclass
class Sums:
    """Of one minute, or of several together."""

    events: int = 0
    requests: int = 0
    errors: int = 0
    runs: int = 0
    ai_known: int = 0
    ai_total: float = 0.0
    said: int = 0
    succeeded: int = 0
    newest: int = 0
    actors: Ids = field(default_factory=lambda: NONE)
    response_ms: list[NDArray[np.float32]] = field(default_factory=list)
    kinds: dict[int, int] = field(default_factory=dict)

    def take(self, events: Events) -> None:
        vars(self).pop("response", None)
        self.events += len(events)
        self.requests += int(events.is_request.sum())
        self.errors += int(events.failed.sum())
        run = events.process_kind >= 0
        self.runs += int(run.sum())
        known = events.ai_ms[np.isfinite(events.ai_ms)]
        self.ai_known += len(known)
        self.ai_total += float(known.sum(dtype=np.float64))
        self.said += int((events.success >= 0).sum())
        self.succeeded += int((events.success == 1).sum())
        self.newest = max(self.newest, int(events.at.max()))
        actors = np.unique(events.actor[events.actor > 0])
        actors = actors[~holds(self.actors, actors)]
        self.actors = np.insert(self.actors, np.searchsorted(self.actors, actors), actors)
        self.response_ms = [np.concatenate([*self.response_ms, events.response_ms[np.isfinite(events.response_ms)]])]
        for kind, count in enumerate(np.bincount(events.process_kind[run]).tolist()):
            if count:
                self.kinds[kind] = self.kinds.get(kind, 0) + count

    def plus(self, other: "Sums") -> None:
        """All but the actors, who may be in both."""
        for name in ("events", "requests", "errors", "runs", "ai_known", "ai_total", "said", "succeeded"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.newest = max(self.newest, other.newest)
        self.response_ms += other.response_ms
        for kind, count in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count

    @cached_property
    def response(self) -> tuple[float | None, float | None]:
        """Mean and 95th percentile (the least value that 95 % do not exceed) of response times."""
        known = np.concatenate(self.response_ms) if self.response_ms else np.zeros(0, dtype=np.float32)
        if not len(known):
            return None, None
        rank = -(-95 * len(known) // 100) - 1
        return float(known.mean(dtype=np.float64)), float(np.partition(known, rank)[rank])

    @property
    def error_rate(self) -> float | None:
        return self.errors / self.requests if self.requests else None

    @property
    def ai_ms(self) -> float | None:
        return self.ai_total / self.ai_known if self.ai_known else None

    @property
    def success_rate(self) -> float | None:
        return self.succeeded / self.said if self.said else None


class Minutes:
    """The minutes of a window that moves forward only."""

    def __init__(self) -> None:
        self.by_minute: dict[int, Sums] = {}
        self.actors, self._keys, self._ahead = Seen(), Seen(), Events.none()

    def take_in(self, events: Events, first: int, now: int) -> None:
        """Events up to ``now`` (microseconds) that no earlier one repeats; later ones wait until it is their time."""
        for seen in (self.actors, self._keys):
            seen.forget_before(first)
        self.by_minute = {minute: sums for minute, sums in self.by_minute.items() if minute >= first}
        events = self._ahead.and_(events)
        early = events.at <= now
        self._ahead, events = events.of(~early), events.of(early & (events.at >= first * MICROSECONDS))
        events = events.of(~self._keys.knows(events.key))
        events = events.of(np.unique(events.key, return_index=True)[1])
        if not len(events):
            return
        events = events.of(np.argsort(events.at, kind="stable"))
        minutes = events.at // MICROSECONDS
        self._keys.add(events.key, minutes)
        known = events.actor > 0
        self.actors.add(events.actor[known], minutes[known])
        borders = np.flatnonzero(np.diff(minutes, prepend=-1, append=-1))
        for start, stop in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
            self.by_minute.setdefault(int(minutes[start]), Sums()).take(events.of(slice(start, stop)))

    def together(self) -> Sums:
        total = Sums()
        for sums in self.by_minute.values():
            total.plus(sums)
        return total
