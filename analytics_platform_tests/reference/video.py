"""Views over videos: video_views, video_catalogue, curves, drop-offs, engagement, viewers, concurrency.

Lives here: these marts, with each video's length. Does not live here: what one view watched (``views``).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from typing import Any

from analytics_platform_tests.reference.landed import number
from analytics_platform_tests.reference.people import newest_batch
from analytics_platform_tests.reference.progress import share
from analytics_platform_tests.reference.stretches import clipped, length, union
from analytics_platform_tests.reference.views import View, views
from analytics_platform_tests.reference.world import World

Row = dict[str, Any]
BANDS = ((60, "under 1 min"), (300, "1-5 min"), (900, "5-15 min"), (3600, "15-60 min"))


@dataclass
class Video:
    id: str
    views: list[View]
    length: float | None
    length_from: str | None
    title: str | None
    title_from: str | None
    other_ids: list[str]

    @property
    def is_estimated(self) -> bool:
        return self.length_from == "positions"

    @property
    def band(self) -> str | None:
        if self.length is None:
            return None
        return next((name for most, name in BANDS if self.length < most), "an hour or longer")

    @cached_property
    def stretches(self) -> list[list[tuple[float, float]]]:
        """R of each view, clipped to the length."""
        return [clipped(view.stretches, self.length) for view in self.views]

    @property
    def seconds(self) -> int:
        return min(ceil(self.length), 86_400) if self.length else 0


@lru_cache(maxsize=1)
def videos(world: World) -> dict[str, Video]:
    lines = {row["video_id"]: row for row in newest_batch(world.catalogue)}
    alias = {id: row["alias_of"] for id, row in lines.items() if row.get("alias_of")}
    found = defaultdict(list)
    for view in views(world):
        found[alias.get(view.first.video, view.first.video)].append(view)
    titles = {one.object_id: one.name for one in world.statements if one.is_video and one.name is not None}
    result = {}
    for id in {*found, *(id for id in lines if id not in alias)}:
        theirs, line = found.get(id, []), lines.get(id, {})
        told = titles.get(id)
        title = line.get("title") or told
        result[id] = Video(
            id, theirs, *_length(number(line.get("duration_seconds")), theirs), title,
            None if title is None else "catalogue" if line.get("title") else "statements",
            sorted(other for other, one in alias.items() if one == id),
        )  # fmt: skip
    return result


def _length(imported: float | None, theirs: list[View]) -> tuple[float | None, str | None]:
    """The catalogue's, else what most views were told (of as many the longer), else the largest position named."""
    if imported:
        return imported, "catalogue"
    told = [view.told_length for view in theirs if view.told_length]
    if told:
        return max(set(told), key=lambda one: (told.count(one), one)), "players"
    furthest = max((view.furthest for view in theirs if view.furthest), default=None)
    return furthest, "positions" if furthest else None


def _facts(video: Video, view: View) -> Row:
    stretches = clipped(view.stretches, video.length)
    played, unique = length(stretches), length(union(stretches))
    last, left_at = view.last
    other, beside = view.other
    return {
        "duration_seconds": video.length,
        "duration_is_estimated": video.is_estimated,
        "furthest_seconds": view.furthest,
        "furthest_before_seek_seconds": view.before_first_seek,
        "last_seconds": last,
        "left_at": left_at,
        "play_time_seconds": played,
        "unique_watched_seconds": unique,
        "percent_watched": share(unique, video.length),
        "is_completed": None if video.length is None else unique >= 0.95 * video.length,
        "is_valid": played >= min(30, (video.length or 60) / 2),
        "skips": len(view.skips),
        "is_inferred": view.inferred > 0,
        "inferred_seconds": view.inferred,
        "dialect": view.dialect,
        "other_dialect": other,
        "other_play_time_seconds": beside,
        "dialect_difference_seconds": None if beside is None else length(view.stretches) - beside,
    }


def video_views(world: World) -> Iterator[Row]:
    for video in videos(world).values():
        for view in video.views:
            first = view.first
            yield (
                _facts(video, view)
                | world.who(first.actor)
                | {
                    "day": first.at.date(),
                    "local_day": world.local_day(first.at),
                    "video_id": video.id,
                    "title": video.title,
                    "sent_video_id": first.video,
                    "local_hour": world.local(first.at).hour,
                    "session_id": first.session,
                    "started_at": first.at,
                    "ended_at": view.signals[-1].at,
                }
            )


def video_catalogue(world: World) -> Iterator[Row]:
    for video in videos(world).values():
        days = [view.first.at.date() for view in video.views]
        yield {
            "video_id": video.id,
            "title": video.title,
            "title_from": video.title_from,
            "duration_seconds": video.length,
            "duration_from": video.length_from,
            "duration_is_estimated": video.is_estimated,
            "length_band": video.band,
            "other_ids": ", ".join(video.other_ids) or None,
            "views": len(days),
            "first_day": min(days, default=None),
            "last_day": max(days, default=None),
        }


def video_engagement(world: World) -> Iterator[Row]:
    for video in videos(world).values():
        days = defaultdict(list)
        for view in video.views:
            days[world.local_day(view.first.at)].append(view)
        for day, some in days.items():
            rows = [_facts(video, view) for view in some]
            people = {person.id for view in some if (person := world.person(view.first.actor))}
            completed = None if video.length is None else sum(row["is_completed"] for row in rows)
            shares = [row["percent_watched"] for row in rows if row["percent_watched"] is not None]
            played = sum(row["play_time_seconds"] for row in rows)
            yield {
                "local_day": day,
                "video_id": video.id,
                "viewers": len(people),
                "anonymous_views": sum(world.person(view.first.actor) is None for view in some),
                "views": len(some),
                "valid_views": sum(row["is_valid"] for row in rows),
                "completed_views": completed,
                "inferred_views": sum(row["is_inferred"] for row in rows),
                "play_time_seconds": played,
                "unique_watched_seconds": sum(row["unique_watched_seconds"] for row in rows),
                "average_view_duration_seconds": played / len(some),
                "average_percent_watched": sum(shares) / len(shares) if shares else None,
                "completion_rate": share(completed, len(some)),
                "duration_seconds": video.length,
            }


def video_viewers(world: World) -> Iterator[Row]:
    found = defaultdict(list)
    for video in videos(world).values():
        for view in video.views:
            if (person := world.person(view.first.actor)) is not None:
                found[person.id].append((video, view, _facts(video, view)))
    for who, ones in found.items():
        by_day = defaultdict(set)
        for video, view, _ in ones:
            by_day[world.local_day(view.first.at)].add(video.id)
        completed = sum(bool(row["is_completed"]) for _, _, row in ones)
        skipping = sum(row["skips"] > 0 for _, _, row in ones)
        per_day = sum(map(len, by_day.values())) / len(by_day)
        if len(ones) < 3:
            kind = "unknown"
        elif per_day >= 3:
            kind = "binge"
        elif completed / len(ones) >= 0.5:
            kind = "completer"
        else:
            kind = "skipper" if skipping / len(ones) >= 0.5 else "casual"
        yield {
            "person_id": who,
            "cohort": world.people[who].cohort,
            "views": len(ones),
            "valid_views": sum(row["is_valid"] for _, _, row in ones),
            "videos": len({video.id for video, _, _ in ones}),
            "viewing_days": len(by_day),
            "play_time_seconds": sum(row["play_time_seconds"] for _, _, row in ones),
            "completed_views": completed,
            "skipping_views": skipping,
            "completed_share": completed / len(ones),
            "skipping_share": skipping / len(ones),
            "videos_per_day": per_day,
            "kind": kind,
        }
