"""What players say, in one vocabulary and in order, and how it falls into views.

Lives here: signals, their order, where a view begins and ends. Does not live here: what a view watched (``views``).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from analytics_platform_tests.reference.landed import number, part, text
from analytics_platform_tests.reference.statements import VIDEO, Statement
from analytics_platform_tests.reference.world import World, actor_of

HOUR, HALF_DAY = timedelta(hours=1), timedelta(hours=12)
MOST = 86_400.0  # seconds of a video
BELIEVED = 10.0  # seconds of play after a sign of life
NAMES = {
    "played": "play", "playing": "play", "resume": "play", "paused": "pause", "seeked": "seek", "end": "ended",
    "finished": "ended", "terminated": "ended", "timeupdate": "heartbeat", "progress": "heartbeat",
    "ping": "heartbeat", "ratechange": "rate_change", "view_segment_start": "segment_start",
    "view_segment_end": "segment_end",
}  # fmt: skip
ORDER = {"initialized": 0, "pause": 3, "ended": 4, "seek": 5, "play": 6}  # within one instant; any other is 1


@dataclass(frozen=True)
class Signal:
    id: str
    at: datetime
    video: str
    actor: str | None
    session: str | None
    registration: str | None
    kind: str
    position: float | None = None  # of a seek: where play left
    goes_on: float | None = None  # of a seek: where it goes on
    length: float | None = None
    rate: float | None = None
    segments: str | None = None
    names: tuple[float, ...] = ()  # every position that it names

    @property
    def viewer(self) -> tuple[Any, ...] | None:
        if self.session:
            return "session", self.session, self.actor
        if self.registration:
            return "registration", self.registration, self.actor
        return ("actor", self.actor) if self.actor else None

    @property
    def is_pair(self) -> bool:
        return self.kind in ("segment_start", "segment_end")

    @property
    def is_list(self) -> bool:
        """A list without a stretch says nothing."""
        return bool(self.pieces)

    @property
    def first_end(self) -> float | None:
        """Where the first piece of the list ended, as it is written."""
        ends = (self.segments or "").split("[,]")[0].split("[.]")
        return number(ends[1]) if len(ends) == 2 else None

    @property
    def pieces(self) -> list[tuple[float, float]]:
        """The stretches of the list of played segments, none beyond a day; what runs backwards is none."""
        found = []
        for piece in (self.segments or "").split("[,]"):
            ends = [number(end) for end in piece.split("[.]")]
            begin, end = (_position(one) for one in ends) if len(ends) == 2 else (None, None)
            if begin is not None and end is not None and begin < end:
                found.append((begin, end))
        return found


def _position(value: Any) -> float | None:
    found = number(value)
    return None if found is None or found > MOST else max(found, 0.0)


def _made(kind: str, position: Any, left: Any, goes: Any, length: Any, rate: Any, **rest: Any) -> Signal:
    kind = NAMES.get(kind, kind)
    at, left, goes = _position(position), _position(left), _position(goes)
    told, speed = number(length), number(rate)
    if kind == "seek":
        # One place only says where it goes on.
        stop = left if left is not None or goes is None else at
        start = goes if goes is not None else at
    else:
        stop = start = at
    return Signal(
        kind=kind,
        position=stop,
        goes_on=start,
        length=told if told is not None and 0 < told <= MOST else None,
        rate=speed if speed is not None and 0.05 <= speed <= 16 else None,
        names=tuple(one for one in (at, left, goes) if one is not None),
        **rest,
    )


def signals(world: World) -> list[Signal]:
    found = []
    for event in world.video_events:
        facts = event.payload
        found.append(
            _made(
                str(facts["event_type"]).replace("-", "_").lower(), facts.get("video_time_sec"), facts.get("from"),
                facts.get("to"), facts.get("duration"), facts.get("playback_rate"), id=event.id, at=event.at,
                video=str(facts["video_id"]), actor=actor_of("video", facts),
                session=text(facts.get("session_id")) or None, registration=None,
            )
        )  # fmt: skip
    return found + [_of_statement(one) for one in world.statements if one.is_video and one.object_id]


def _of_statement(one: Statement) -> Signal:
    def said(name: str) -> Any:
        return part(one.event.payload, "result", "extensions", f"{VIDEO}extensions/{name}")

    def context(name: str) -> Any:
        return part(one.event.payload, "context", "extensions", f"{VIDEO}extensions/{name}")

    return _made(
        one.verb, said("time"), said("time-from"), said("time-to"), context("length"), None, id=one.id, at=one.at,
        video=one.object_id, actor=one.actor, session=text(context("session-id")) or None,
        registration=text(part(one.event.payload, "context", "registration")) or None,
        segments=text(said("played-segments")),
    )  # fmt: skip


def agrees(passed: float, clock: float) -> bool:
    """Whether the position has moved on as the clock did."""
    return passed > 0 and abs(passed - clock) <= 0.1 * clock


@dataclass
class Player:
    """Whether a player runs, from where, and how fast."""

    running: Signal | None = None  # the positioned signal since which it runs
    rate: float = 1.0
    ran_at: float = 1.0  # how fast at the positioned signal

    def hear(self, one: Signal) -> None:
        self.rate = one.rate or self.rate
        if one.is_pair or one.goes_on is None:
            # A seek that says only where play left says no place to go on from.
            return
        self.ran_at = self.rate
        if one.kind in ("play", "heartbeat") or (self.running and one.kind not in ("pause", "ended", "initialized")):
            self.running = one
        else:
            self.running = None


def ordered(ones: Iterable[Signal]) -> list[Signal]:
    """One viewer's signals in the order in which a player does things."""
    result: list[Signal] = []
    player = Player()
    for _, instant in groupby(sorted(ones, key=lambda one: one.at), key=lambda one: one.at):
        together = list(instant)
        kinds = {one.kind for one in together}
        starts_first = "play" in kinds and kinds & {"pause", "ended"} and player.running is None

        def place(one: Signal, starts_first: bool = bool(starts_first)) -> tuple[Any, ...]:
            if one.is_pair:
                return 9, one.position or 0.0, one.kind == "segment_end", one.id
            return 2 if one.kind == "play" and starts_first else ORDER.get(one.kind, 1), 0.0, False, one.id

        for one in sorted(together, key=place):
            player.hear(one)
            result.append(one)
    return result


def cut(ones: list[Signal]) -> list[list[Signal]]:
    """The views of one viewer and video, not yet cut at midnight."""
    views: list[list[Signal]] = []
    player, has_ended = Player(), False
    for place, one in enumerate(ones):
        before = ones[place - 1] if place else None
        is_silence = before is not None and is_over(before, one)
        starts = one.kind in ("initialized", "play", "heartbeat") or one.is_pair
        goes_on = is_silence and not has_ended and _played_on(player, ones[place:])
        if before is None or (is_silence and not goes_on) or (has_ended and starts):
            views.append([])
            player, has_ended = Player(), False
        views[-1].append(one)
        player.rate = 1.0 if is_silence else player.rate
        player.hear(one)
        has_ended = has_ended or one.kind == "ended"
    return views


def is_over(before: Signal, one: Signal) -> bool:
    """Whether more than an hour passed without a sign: then nobody knows how fast the player runs."""
    return one.at - before.at > HOUR


def _played_on(player: Player, rest: list[Signal]) -> bool:
    """Whether the player ran before a silence and the next position says that it ran on."""
    following = next(
        (one for one in rest if not one.is_pair and (one.position is not None or one.goes_on is not None)), None
    )
    since = player.running
    if since is None or following is None or following.position is None or since.goes_on is None:
        return False
    passed = following.at - since.at
    return passed <= HALF_DAY and agrees(following.position - since.goes_on, passed.total_seconds() * player.ran_at)


def bounded(view: list[Signal]) -> list[list[Signal]]:
    """What would last more than twelve hours is cut at each midnight (UTC)."""
    if view[-1].at - view[0].at <= HALF_DAY:
        return [view]
    return [list(part) for _, part in groupby(view, key=lambda one: one.at.date())]


def viewings(world: World) -> dict[tuple[str, Any], list[list[Signal]]]:
    """By video as the player names it and viewer: the views, each as its signals."""
    found = defaultdict(list)
    for one in signals(world):
        if one.viewer is not None:
            found[one.video, one.viewer].append(one)
    return {key: cut(ordered(ones)) for key, ones in found.items()}
