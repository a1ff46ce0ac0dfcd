"""What goes wrong on the way: late lines, skewed clocks, repeats, conflicts, edits, broken lines, a batch sent twice.

Pure: a batch in, its deliveries and their expected fate out. The fate is counted from what is planted here, never by
reading lines back; the lake's ledger must come to the same counts. Does not live here: writing segments.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from analytics_platform.simulator.batch import Batch
from analytics_platform.simulator.plan import DAY, SECOND, Plan
from analytics_platform.simulator.texts import Bools, Ints

LATE = 0.02  # of the rows that claim a time; received one to three days later, within the simulated days
SKEWED = 0.003  # of the rows that claim a time; the clock is hours ahead, or stands in 1970
REPEATED = 0.01
CONFLICTING = 0.0005
BROKEN = 0.005
_RESENT_HOURS = (8, 11)
PLAIN = "plain"
HOUR = 3600 * SECOND


@dataclass
class Tally:
    """Expected fate of the lines of one table and day: lines = stored + duplicate + the sum of quarantined."""

    lines: int
    stored: int
    duplicate: int  # superseded ones included
    superseded: int
    quarantined: dict[str, int]
    late: int  # lines received on a later day
    clock_skewed: int
    without_time: int
    people: int
    segments: int = 0


@dataclass(frozen=True)
class Deliveries:
    """Lines in the order in which they are written; ``segments`` holds first and last line of each."""

    row: Ints
    received: Ints
    variant: Ints  # index into variants
    variants: list[str]
    segments: list[tuple[int, int]]
    claimed: Ints  # for each row of the batch: the time that the payload gives
    event_time: Ints  # for each row: the time that the lake must come to
    tally: Tally


@dataclass
class _Lines:
    """Deliveries while they are collected."""

    rows: list[Ints] = field(default_factory=list)
    received: list[Ints] = field(default_factory=list)
    variant: list[Ints] = field(default_factory=list)
    bucket: list[Ints] = field(default_factory=list)

    def add(self, rows: Ints, received: Ints, variant: Ints | int, bucket: Ints | int) -> None:
        self.rows.append(rows)
        self.received.append(received)
        self.variant.append(np.broadcast_to(np.asarray(variant, np.int64), rows.shape))
        self.bucket.append(np.broadcast_to(np.asarray(bucket, np.int64), rows.shape))


def plant(plan: Plan, day: int, batch: Batch, rng: np.random.Generator, most: int) -> Deliveries:
    """Decide how each row is delivered; a segment holds ``most`` lines at most."""
    row_luck, groups = rng.random(batch.size), int(batch.group.max(initial=-1)) + 1
    group_luck = rng.random(groups)[batch.group]
    days_left = plan.days - 1 - day
    may_skew = batch.claims & (batch.table.version is None)
    late = batch.claims & (group_luck < LATE) & (days_left > 0)
    skewed = may_skew & (group_luck >= LATE) & (group_luck < LATE + SKEWED)
    delay = (rng.uniform(0.2, 40, groups) * SECOND).astype(np.int64)[batch.group]
    days_late = 1 + (rng.random(groups) * min(3, days_left)).astype(np.int64)[batch.group]
    received = batch.happened + delay + np.where(late, days_late * DAY, 0)
    claimed = _skew(batch.happened, skewed, rng)
    variants = [PLAIN, *batch.variants, "not_json"]

    lines, usual = _Lines(), ~(late | skewed)
    everything = np.arange(batch.size, dtype=np.int64)
    lines.add(everything, received, 0, _days_after(received, plan, day))
    repeated = everything[usual & (row_luck < REPEATED)]
    lines.add(repeated, received[repeated] + rng.integers(1, 300, len(repeated)) * SECOND, 0, 0)
    resent = everything[_sent_twice(plan, day, batch, usual)]
    lines.add(resent, received[resent] + 9 * HOUR, 0, 10)  # a segment of its own
    conflicting = everything[:0]
    if "conflict" in batch.variants:
        unlucky = (row_luck >= REPEATED) & (row_luck < REPEATED + CONFLICTING)
        conflicting = everything[usual & batch.named & unlucky]
        lines.add(conflicting, received[conflicting] + 300 * SECOND, variants.index("conflict"), 0)
    edited = everything[:0]
    if batch.edited is not None:
        edited = everything[batch.edited >= 0]
        seen = batch.edited[edited] + 5 * SECOND
        lines.add(edited, seen, variants.index("edited"), _days_after(seen, plan, day))
    quarantined = _break(batch, usual, received, variants, lines, day, rng)
    if len(conflicting):
        quarantined["conflict"] = len(conflicting)

    stored, duplicate = batch.size, len(repeated) + len(resent) + len(edited)
    row, seen, variant, segments = _in_order(lines, plan.midnight(day), most)
    tally = Tally(
        lines=len(row),
        stored=stored,
        duplicate=duplicate,
        superseded=int(np.isin(np.concatenate([everything, repeated, resent]), edited).sum()),
        quarantined=quarantined,
        late=int((seen >= plan.midnight(day + 1)).sum()),
        clock_skewed=int(skewed.sum()),
        without_time=int((~batch.claims).sum()),
        people=len(np.unique(batch.person[batch.person >= 0])),
        segments=len(segments),
    )
    event_time = np.where(skewed | ~batch.claims, received, batch.happened)
    return Deliveries(row, seen, variant, variants, segments, claimed, event_time, tally)


def _skew(happened: Ints, skewed: Bools, rng: np.random.Generator) -> Ints:
    """The time that a wrong clock shows: 2 to 72 hours ahead, or a clock that begins with 1970."""
    which = np.flatnonzero(skewed)
    ahead = happened[which] + rng.integers(2 * 60, 72 * 60, len(which)) * 60 * SECOND
    claimed = happened.copy()
    claimed[which] = np.where(rng.random(len(which)) < 0.3, happened[which] % DAY, ahead)
    return claimed


def _sent_twice(plan: Plan, day: int, batch: Batch, usual: Bools) -> Bools:
    first, end = (plan.midnight(day) + hour * HOUR for hour in _RESENT_HOURS)
    return usual & (batch.happened >= first) & (batch.happened < end) & (day == plan.resent_day)


def _break(
    batch: Batch, usual: Bools, received: Ints, variants: list[str], lines: _Lines, day: int, rng: np.random.Generator
) -> dict[str, int]:
    """Broken copies of some rows, each fault in its turn. Copies, so that what is true of the rows stays true."""
    sound = np.flatnonzero(usual)
    count = int(batch.size * BROKEN + rng.random()) if len(sound) else 0
    chosen = rng.choice(sound, count) if count else sound[:0]
    faults = np.array([variants.index(name) for name in batch.faults])
    which = faults[(np.arange(count) + day) % len(faults)]
    lines.add(chosen, received[chosen], which, 0)
    return {variants[fault]: int((which == fault).sum()) for fault in faults if (which == fault).any()}


def _days_after(received: Ints, plan: Plan, day: int) -> Ints:
    return (received - plan.midnight(day)) // DAY


def _in_order(lines: _Lines, midnight: int, most: int) -> tuple[Ints, Ints, Ints, list[tuple[int, int]]]:
    """Lines by segment and time of receipt: what came at once, what came on later days, what was sent twice."""
    received, bucket = np.concatenate(lines.received), np.concatenate(lines.bucket)
    order = np.argsort((bucket << 40) + (received - midnight), kind="stable")
    edges = np.flatnonzero(np.diff(bucket[order], prepend=-1, append=-1)).tolist()
    segments = [(first, min(first + most, end)) for begin, end in pairwise(edges) for first in range(begin, end, most)]
    return np.concatenate(lines.rows)[order], received[order], np.concatenate(lines.variant)[order], segments
