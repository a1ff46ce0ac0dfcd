"""What each view watched: stretches with repeats, leaps, where it ended, and how much is only believed.

Lives here: one view. Does not live here: curves and counts over views (``video``).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from math import isclose

from analytics_platform_tests.reference.signals import (
    BELIEVED,
    HOUR,
    Player,
    Signal,
    agrees,
    bounded,
    is_over,
    viewings,
)
from analytics_platform_tests.reference.stretches import Stretch, length, without
from analytics_platform_tests.reference.world import World

STALL, DAY = 300.0, timedelta(days=1)


@dataclass
class Interval:
    """What one signal says was watched."""

    begin: float
    end: float
    sure: float  # how far it came for certain; the rest is believed
    at: datetime
    until: datetime  # when it stopped on the clock
    place: int  # of the signal, in the view
    inferred: float = 0.0
    playing: float = 0.0  # seconds on the clock, stalling included


@dataclass
class View:
    signals: list[Signal]
    by_signals: list[Interval] = field(default_factory=list)
    by_pairs: list[Interval] = field(default_factory=list)
    earlier: list[Stretch] | None = None  # the list of an earlier view of the session that this one's list contains
    between: list[Stretch] = field(default_factory=list)  # what signals counted since then

    @property
    def first(self) -> Signal:
        return self.signals[0]

    @property
    def list_place(self) -> int | None:
        """The signal that carried the last list. A list whose first piece is none says nothing."""
        return max((place for place, one in enumerate(self.signals) if one.is_list), default=None)

    @property
    def listed(self) -> list[Stretch]:
        return [] if self.list_place is None else self.signals[self.list_place].pieces

    @property
    def after_list(self) -> list[Interval]:
        if self.list_place is None:
            return []
        return [one for one in self.by_signals if one.place >= self.list_place]

    @property
    def dialect(self) -> str | None:
        if self.list_place is not None:
            return "list"
        if self.by_pairs:
            return "pairs"
        return "signals" if self.by_signals else None

    def stretches_of(self, dialect: str) -> list[Stretch]:
        if dialect == "pairs":
            return spans(self.by_pairs)
        if dialect == "signals":
            return spans(self.by_signals)
        return self.new + spans(self.after_list)

    @property
    def new(self) -> list[Stretch]:
        """What the list tells beyond what earlier views of the session have counted."""
        return without(without(self.listed, self.earlier or []), self.between)

    @property
    def stretches(self) -> list[Stretch]:
        """R: what was watched, with repeats, not yet clipped to the length."""
        return self.stretches_of(self.dialect) if self.dialect else []

    @property
    def intervals(self) -> list[Interval]:
        return self.by_pairs if self.dialect == "pairs" else self.by_signals

    @property
    def runs(self) -> list[Interval]:
        return joined(self.intervals)

    @property
    def told_length(self) -> float | None:
        return max((one.length for one in self.signals if one.length), default=None)

    @property
    def furthest(self) -> float | None:
        named = [position for one in self.signals for position in one.names]
        named += [one.position + 1 for one in self.signals if one.is_pair and one.position is not None]
        named += [end for _, end in self.new]
        return max(named, default=None)

    @property
    def leaps(self) -> list[tuple[float, float]]:
        """Where watching stopped and where it went on, more than a second apart."""
        found = []
        for one, after in pairwise(self.runs):
            if not min(one.sure, one.end) - 1 <= after.begin <= one.end + 1:
                found.append((one.end, after.begin))
        return found

    @property
    def skips(self) -> list[tuple[float, float]]:
        return [(stop, start) for stop, start in self.leaps if start > stop]

    @property
    def last(self) -> tuple[float | None, datetime | None]:
        """Where watching ended, and when."""
        if self.dialect is None:
            return None, None
        stopped = self.runs[-1] if self.runs else None
        if self.dialect == "list" and self.new and not self.after_list:
            assert self.list_place is not None
            carrier = self.signals[self.list_place]
            if stopped and carrier.position in (None, stopped.end):
                return stopped.end, stopped.until
            furthest = max(end for _, end in self.new)
            return (furthest if carrier.position is None else carrier.position), carrier.at
        return (stopped.end, stopped.until) if stopped else (None, None)

    @property
    def before_first_seek(self) -> float:
        """K: how far it came before it first left the straight way."""
        runs = self.runs
        seeks = [
            (place, one) for place, one in enumerate(self.signals)
            if one.kind == "seek" and one.goes_on is not None
            and (one.position is None or abs(one.goes_on - one.position) > 1)
        ]  # fmt: skip
        if self.new and not seeks:
            assert self.list_place is not None
            low, high = min(self.new)[0], max(end for _, end in self.new)
            first_end = self.signals[self.list_place].first_end
            if isclose(length(self.new), high - low):
                return high  # one way without a gap or a repeat
            if first_end is not None and low <= first_end <= high:
                return first_end
        if not runs:
            return max((end for _, end in self.new), default=0.0)
        if seeks and seeks[0][0] < runs[0].place:
            return seeks[0][1].position or 0.0
        furthest = 0.0
        for place, one in enumerate(runs):
            furthest = max(furthest, one.end)
            if place + 1 < len(runs) and not min(one.sure, one.end) - 1 <= runs[place + 1].begin <= one.end + 1:
                break
        return furthest

    @property
    def inferred(self) -> float:
        if self.dialect == "list":
            return sum(one.inferred for one in self.after_list)
        return sum(one.inferred for one in self.by_signals) if self.dialect == "signals" else 0.0

    @property
    def other(self) -> tuple[str | None, float | None]:
        """What else told of the view: signals beside a list or pairs, else pairs beside a list."""
        beside = {"list": ("signals", "pairs"), "pairs": ("signals",)}.get(self.dialect or "", ())
        told = {"signals": self.by_signals, "pairs": self.by_pairs}
        for dialect in beside:
            if told[dialect]:
                return dialect, length(self.stretches_of(dialect))
        return None, None


def spans(intervals: Iterable[Interval]) -> list[Stretch]:
    return [(one.begin, one.end) for one in intervals if one.end > one.begin]


def joined(intervals: list[Interval]) -> list[Interval]:
    """Intervals that follow each other without a jump, as runs, in the order of time."""
    runs: list[Interval] = []
    for one in intervals:
        if runs and runs[-1].end == one.begin:
            last = runs[-1]
            runs[-1] = Interval(last.begin, one.end, one.sure, last.at, one.until, last.place)
        else:
            runs.append(Interval(one.begin, one.end, one.sure, one.at, one.until, one.place))
    return runs


def watched_by_signals(view: list[Signal]) -> list[Interval]:
    player, found = Player(), []
    positioned = [
        (place, one) for place, one in enumerate(view)
        if not one.is_pair and (one.position is not None or one.goes_on is not None)
    ]  # fmt: skip
    rates = Player()
    speed = {}
    for place, one in enumerate(view):
        if place and is_over(view[place - 1], one):
            rates.rate = 1.0
        rates.hear(one)
        speed[place] = rates.rate
    for number, (place, one) in enumerate(positioned):
        player.hear(one)
        if player.running is not one or one.goes_on is None:
            continue
        following = positioned[number + 1][1] if number + 1 < len(positioned) else None
        found.append(_interval(one.goes_on, one, following, speed[place], place))
    return found


def _interval(begin: float, one: Signal, following: Signal | None, rate: float, place: int) -> Interval:
    if following is None:
        until = one.at + timedelta(seconds=BELIEVED / rate)
        return Interval(begin, begin + BELIEVED, begin, one.at, until, place, playing=BELIEVED / rate)
    seconds, stop = (following.at - one.at).total_seconds(), following.position
    clock = seconds * rate
    believed = begin + min(BELIEVED, clock)
    inferred = 0.0
    if stop is not None and stop >= begin and following.kind not in ("play", "initialized"):
        end = sure = stop
        is_over_silence = seconds > HOUR.total_seconds() and agrees(stop - begin, clock)
        inferred = stop - begin if is_over_silence else 0.0
    elif stop is not None and agrees(stop - begin, clock):
        end = sure = stop
        inferred = stop - begin if stop - begin > BELIEVED else 0.0
    else:
        end, sure = believed, begin
    is_believed = end == believed and sure == begin
    playing = (end - begin) / rate if is_believed else min(seconds, (end - begin) / rate + STALL)
    until = one.at + timedelta(seconds=playing)
    return Interval(begin, end, sure, one.at, until, place, inferred, playing)


def watched_by_pairs(view: list[Signal]) -> list[Interval]:
    found: list[Interval] = []
    halves = [(place, one) for place, one in enumerate(view) if one.is_pair and one.position is not None]
    before: Signal | None = None
    for place, one in halves:
        assert one.position is not None
        is_second_half = (
            before is not None and before.kind == "segment_start" and one.kind == "segment_end"
            and before.position == one.position
        )  # fmt: skip
        if not is_second_half:
            if found:  # one player plays one second at a time, and stalls five minutes at most
                assert before is not None
                passed = (one.at - found[-1].at).total_seconds()
                goes_on = before.position == one.position - 1 and (one.at - before.at).total_seconds() <= 1 + STALL
                found[-1].playing = passed if goes_on else min(1.0, passed)
            until = one.at + timedelta(seconds=1)
            found.append(Interval(one.position, one.position + 1, one.position + 1, one.at, until, place, playing=1.0))
        before = one
    return found


@lru_cache(maxsize=1)
def views(world: World) -> list[View]:
    found = []
    for (_, viewer), signals in viewings(world).items():
        theirs = []
        for ones in signals:
            by_signals, by_pairs, first = watched_by_signals(ones), watched_by_pairs(ones), 0
            for piece in bounded(ones):  # what plays over midnight is of the day on which it began to play
                view = View(piece, _of_piece(by_signals, first, piece), _of_piece(by_pairs, first, piece))
                if viewer[0] == "session":
                    _continue_list(view, theirs)
                theirs.append(view)
                first += len(piece)
        found += theirs
    return found


def _of_piece(intervals: list[Interval], first: int, piece: list[Signal]) -> list[Interval]:
    places = range(first, first + len(piece))
    return [replace(one, place=one.place - first) for one in intervals if one.place in places]


def _continue_list(view: View, before: list[View]) -> None:
    """A list that contains the session's earlier one, however old, goes on with it; a first one with all signals."""
    if not view.listed or not before:
        return
    known = [one for one in before if one.listed]
    if not known:
        view.earlier, view.between = [], [span for one in before for span in spans(one.by_signals)]
        return
    earlier = known[-1]
    missing = length(without(list(earlier.listed), view.listed))
    if missing <= 1:
        view.earlier = list(earlier.listed)
        later = before[before.index(earlier) :]
        view.between = [span for one in later for span in spans(one.after_list if one is earlier else one.by_signals)]
