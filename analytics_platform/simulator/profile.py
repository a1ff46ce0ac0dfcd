"""Viewings as statements of the xAPI video profile (https://liveaspankaj.gitbooks.io/xapi-video-profile/content/).

A viewing is initialized, played, perhaps seeked, paused, perhaps completed, and terminated unless the tab was closed.
Does not live here: players that send events of their own (``video``).
"""

from typing import Any

import numpy as np

from analytics_platform.simulator import verbs
from analytics_platform.simulator.blocks import NO_DURATION, Block
from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.rhythm import places
from analytics_platform.simulator.texts import Bools, Catalogue, Ints, join, member, number, optional, uuid, written
from analytics_platform.simulator.viewing import COMPLETED, VIDEO_ADDRESS, Views, videos

EXTENSION = "https://w3id.org/xapi/video/extensions/"
STATEMENTS_PER_VIEW = 5.2  # on average


def profile_block(views: Views) -> Block:
    """The statements of these viewings."""
    done = views.unique >= COMPLETED * videos().seconds[views.video]
    steps = (3 + views.seeks + done + ~views.closed).astype(np.int64)
    view, step = places(steps)
    is_seek = views.seeks[view] & (step == 2)
    pause_at = (2 + views.seeks)[view]
    is_done = done[view] & (step == pause_at + 1)
    kinds = [step == 0, step == 1, is_seek, step == pause_at, is_done]
    names = ("initialized", "played", "seeked", "paused", "completed")
    verb = np.select(kinds, [verbs.number_of(name) for name in names], verbs.number_of("terminated"))
    position = np.select([step < 2, is_seek], [views.start1[view], views.start2[view]], views.last[view])
    elapsed = np.select([step < 2, is_seek], [0, (views.end1 - views.start1)[view]], views.watched[view])
    return Block(
        person=views.person[view],
        happened=views.began[view] + elapsed * SECOND + step * 20_000,
        claims=np.ones(len(view), np.bool_),
        wrapped=np.zeros(len(view), np.bool_),
        group=view,
        actor=views.person[view].astype(np.int64),
        verb=verb.astype(np.int64),
        object=_objects(views, view),
        result=_results(views, view, position, is_seek, step >= pause_at),
        duration=np.full(len(view), NO_DURATION, np.int64),
    )


def _objects(views: Views, view: Ints) -> Catalogue:
    """Object and context, with the viewing's session."""
    pieces = []
    for video, title, seconds in zip(videos().ids, videos().titles, videos().seconds.tolist(), strict=True):
        item = {
            "objectType": "Activity",
            "id": f"{VIDEO_ADDRESS}{video}",
            "definition": {"type": "https://w3id.org/xapi/video/activity-type/video", "name": {"en-US": title}},
        }
        known = member(f"{EXTENSION}length", seconds) + member(f"{EXTENSION}completion-threshold", str(COMPLETED))
        pieces.append(f'{member("object", item)}"context":{{"extensions":{{{known}"{EXTENSION}session-id":"')
    of_video = Catalogue.of(pieces, views.video[view])
    return _written([of_video, uuid(views.session, view), '"}},'], len(view))


def _results(views: Views, view: Ints, position: Ints, is_seek: Bools, is_over: Bools) -> Catalogue:
    """Positions, and at the end what was played, as ``0[.]12[,]30[.]41``."""
    share = np.round(views.unique / videos().seconds[views.video], 3)[view]
    second = optional(views.seeks[view], "[,]", number(views.start2[view]), "[.]", number(views.end2[view]))
    played = [
        f',"{EXTENSION}played-segments":"',
        number(views.start1[view]),
        "[.]",
        number(views.end1[view]),
        second,
        '"',
    ]
    seek = [
        f',"{EXTENSION}time-from":',
        number(views.end1[view]),
        f',"{EXTENSION}time-to":',
        number(views.start2[view]),
    ]
    at = ['"result":{"extensions":{', f'"{EXTENSION}time":', number(position)]
    over = optional(is_over, *played, f',"{EXTENSION}progress":', number(share))
    return _written([*at, optional(is_seek, *seek), over, "}"], len(view))


def _written(texts: list[Any], rows: int) -> Catalogue:
    return written(join(texts, np.arange(rows, dtype=np.int64)))
