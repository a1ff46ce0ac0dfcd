"""video/events: viewings as players tell them, in the three dialects that arrive as events.

A pair of events for each watched second; play, seek and pause; play with heartbeats. Not here: who watched what
(``viewing``), xAPI video statements (``profile``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.contracts import TABLES
from analytics_platform.simulator.batch import Batch, Facts, Pieces
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.rhythm import places
from analytics_platform.simulator.texts import (
    Bools,
    Catalogue,
    Ints,
    identifiers,
    iso_time,
    joined,
    member,
    number,
    optional,
    others,
    uuid,
)
from analytics_platform.simulator.viewing import HEARTBEAT, ViewCounts, Views, draw_views, videos

TABLE = TABLES["video/events"]
EVENTS_PER_PERSON = 10  # that is present
PER_SECOND, PLAY_PAUSE, BEATING = range(3)
_DIALECT_SHARES = (0.08, 0.47, 0.45)

TYPES = (
    "VIEW_SEGMENT_START",
    "VIEW_SEGMENT_END",
    "PLAY",
    "SEEK",
    "PAUSE",
    "play",
    "rate_change",
    "heartbeat",
    "seek",
    "ended",
)
_TYPE = {name: i for i, name in enumerate(TYPES)}
_DEVICES = ("phone", "desktop", "tablet")


@dataclass(frozen=True)
class Events:
    """Columns, one entry for each player event."""

    view: Ints
    type: Ints
    position: Ints
    played: Ints  # seconds played before it
    step: Ints


def draw_video(organisation: Organisation, day: int) -> Batch:
    """The player events of one day."""
    plan, rng = organisation.plan, organisation.plan.rng("video", day)
    present = organisation.present(day)
    asked = plan.asked(TABLE.path)
    asked = EVENTS_PER_PERSON * len(present) if asked is None else asked
    drawn = draw_views(plan.rng("views", day), organisation.people, present, plan.midnight(day), asked // 6 + 8)
    dialect = rng.choice(3, len(drawn), p=_DIALECT_SHARES)
    drawn.closed[dialect == PLAY_PAUSE] = False  # nothing would tell how long it was watched
    sizes = _sizes(drawn, dialect)
    enough = int(np.searchsorted(np.cumsum(sizes), asked)) + 1
    views, dialect = drawn.first(enough), dialect[:enough]
    events = _chain([_per_second(views, dialect), _by_action(views, dialect)])
    return _batch(organisation, day, views, dialect, events, rng)


def _beats(views: Views, dialect: NDArray[np.int64]) -> tuple[Ints, Ints]:
    """Heartbeats of the two stretches."""
    beating = dialect == BEATING
    first, second = (views.end1 - views.start1) // HEARTBEAT, (views.end2 - views.start2) // HEARTBEAT
    return np.where(beating, first, 0), np.where(beating & views.seeks, second, 0)


def _sizes(views: Views, dialect: NDArray[np.int64]) -> Ints:
    """Events of each viewing."""
    first, second = _beats(views, dialect)
    by_action = 1 + (dialect == BEATING) + first + views.seeks + second + ~views.closed
    return np.where(dialect == PER_SECOND, 2 * views.watched - views.closed, by_action).astype(np.int64)


def _per_second(views: Views, dialect: NDArray[np.int64]) -> Events:
    """START and END of each watched second, both with the same second; a closed tab lacks the last END."""
    view, step = places(np.where(dialect == PER_SECOND, _sizes(views, dialect), 0))
    played, first = step // 2, (views.end1 - views.start1)[view]
    position = np.where(played < first, views.start1[view] + played, views.start2[view] + played - first)
    return Events(view, step % 2, position, played, step % 2 * 45)


def _by_action(views: Views, dialect: NDArray[np.int64]) -> Events:
    """play, the rate, heartbeats, perhaps a seek and more heartbeats, and the end unless the tab was closed."""
    view, step = places(np.where(dialect == PER_SECOND, 0, _sizes(views, dialect)))
    beating = (dialect == BEATING)[view]
    first, second = (beats[view] for beats in _beats(views, dialect))
    rate_end = 1 + beating
    seek_at = rate_end + first
    second_at = seek_at + views.seeks[view]
    end_at = second_at + second
    kinds = [step == 0, step < rate_end, step < seek_at, step < second_at, step < end_at]
    small = [_TYPE[name] for name in ("play", "rate_change", "heartbeat", "seek", "heartbeat")]
    large = [_TYPE[name] for name in ("PLAY", "PLAY", "PLAY", "SEEK", "SEEK")]
    start1, start2 = views.start1[view], views.start2[view]
    in_first, in_second = HEARTBEAT * (step - rate_end + 1), HEARTBEAT * (step - second_at + 1)
    length1 = (views.end1 - views.start1)[view]
    zero = np.zeros(len(view), np.int64)
    return Events(
        view=view,
        type=np.where(beating, np.select(kinds, small, _TYPE["ended"]), np.select(kinds, large, _TYPE["PAUSE"])),
        position=np.select(kinds, [start1, start1, start1 + in_first, start2, start2 + in_second], views.last[view]),
        played=np.select(kinds, [zero, zero, in_first, length1, length1 + in_second], views.watched[view]),
        step=step,
    )


def _chain(parts: list[Events]) -> Events:
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return Events(*(np.concatenate(column).astype(np.int64) for column in columns))


def _batch(
    organisation: Organisation,
    day: int,
    views: Views,
    dialect: NDArray[np.int64],
    events: Events,
    rng: np.random.Generator,
) -> Batch:
    view, count = events.view, len(events.view)
    ids = identifiers(rng, count)
    named = rng.random(count) < 0.97
    knows_length: Bools = (rng.random(len(views)) < 0.6)[view]
    device = rng.integers(0, len(_DEVICES), len(views))[view]
    # Steps of a player that come at one instant keep their order by a few milliseconds.
    happened = views.began[view] + events.played * SECOND + events.step * 20_000
    is_seek = np.isin(events.type, [_TYPE["SEEK"], _TYPE["seek"]])
    has_rate = events.type == _TYPE["rate_change"]
    catalogue = videos()
    start = Catalogue.of([member("event_type", name) for name in TYPES], events.type)

    def pieces(claimed: Ints) -> Pieces:
        return {
            "open": "{",
            "id": optional(named, '"event_id":"', uuid(ids), '",'),
            "video": Catalogue.of([member("video_id", name) for name in catalogue.ids], views.video[view]),
            "user": Catalogue.of(organisation.people.user_pieces, views.person[view].astype(np.int64)),
            "session": joined('"session_id":"', uuid(views.session, view), '",'),
            "time": joined('"event_timestamp":"', iso_time(claimed), '",'),
            "type": start,
            "position": joined('"video_time_sec":', number(events.position), ".0,"),
            "length": optional(knows_length, '"duration":', number(catalogue.seconds[views.video[view]]), ".0,"),
            "seek": optional(
                is_seek, '"from":', number(views.end1[view]), ".0,", '"to":', number(views.start2[view]), ".0,"
            ),
            "rate": optional(has_rate, '"playback_rate":1.0,'),
            "device": Catalogue.of([f'"device":"{name}"}}' for name in _DEVICES], device),
        }

    other_id = joined('"event_id":"', uuid(others(ids)), '",')  # a broken copy is another event
    return Batch(
        table=TABLE,
        person=views.person[view],
        happened=happened,
        claims=np.ones(count, np.bool_),
        named=named,
        group=view,
        pieces=pieces,
        variants={
            "missing_video": lambda _: {"id": other_id, "video": ""},
            "missing_type": lambda _: {"id": other_id, "type": ""},
            "impossible_position": lambda _: {"id": other_id, "position": '"video_time_sec":-5.0,'},
            "impossible_time": lambda _: {"id": other_id, "time": '"event_timestamp":"2026-13-45T25:61:00Z",'},
            "conflict": lambda _: {"session": '"session_id":"another-session",'},
        },
        facts=lambda _event_time: Facts(viewing=ViewCounts.of(views)),
    )
