"""videos.csv: titles and lengths of videos, and which ids are one video. The newest file is the state.

A length is seconds, or ``m:ss`` or ``h:mm:ss``. Does not live here: which length counts, or following an alias (dbt).
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from analytics_platform.connectors.files.headers import Field, demand
from analytics_platform.connectors.files.kind import (
    Import,
    Kind,
    Work,
    demand_rows,
    lines,
    report,
    unknown_columns,
)
from analytics_platform.connectors.files.reports import Rejects
from analytics_platform.connectors.files.sheets import Sheet, open_sheet
from analytics_platform.contracts.imports import VIDEOS

FIELDS = (
    Field("video_id", ("video id", "video", "id", "url")),
    Field("title", ("title", "name", "video title", "video name")),
    Field("duration", ("duration seconds", "duration", "length", "length seconds", "seconds")),
    Field("alias_of", ("alias of", "same as", "alias", "counted as")),
)
STATE = "select * from stored qualify batch_id = max(batch_id) over ()"
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2}(?:\.\d+)?)")
LONGEST = 86_400  # seconds: a day


@dataclass(frozen=True)
class Video:
    """One line of a catalogue."""

    video_id: str
    title: str | None
    duration_seconds: float | None
    alias_of: str | None
    file_line: int

    @property
    def told(self) -> tuple[str | None, float | None, str | None]:
        return self.title, self.duration_seconds, self.alias_of


def seconds(text: str) -> float | None:
    """A length as seconds; None when it is none."""
    clock = _CLOCK.fullmatch(text)
    try:
        found = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3]) if clock else float(text)
    except ValueError:
        return None
    return found if 0 < found <= LONGEST else None


def read(sheet: Sheet, rejects: Rejects) -> Iterable[Video]:
    """The videos of a file; an alias of an alias is rejected, so that a video has one name."""
    demand(sheet.columns, FIELDS, ("video_id",), sheet.file.name, sheet.header)
    seen: dict[str, Video] = {}
    for row in sheet.rows():
        name, length = row.values.get("video_id") or "", row.values.get("duration") or ""
        problem = row.problem
        if not problem and not name:
            problem = "names no video"
        elif not problem and length and seconds(length) is None:
            problem = f"{length!r} is no length; write seconds or h:mm:ss, a day at most"
        elif not problem and name in seen:
            problem = f"repeats line {seen[name].file_line}"
        if problem:
            rejects.add(row.line, problem)
            continue
        alias = row.values.get("alias_of") or None
        found = seconds(length) if length else None
        seen[name] = Video(name, row.values.get("title") or None, found, None if alias == name else alias, row.line)
    aliases = {video.video_id for video in seen.values() if video.alias_of}
    for video in seen.values():
        if video.alias_of in aliases:
            rejects.add(video.file_line, f"{video.alias_of!r} is an alias itself; name the video that it stands for")
        else:
            yield video


def take(work: Work) -> Import:
    """The file as a batch, if its videos differ from those in force."""
    from analytics_platform.connectors.files.stored import rows_of

    sheet, rejects = open_sheet(work.file, FIELDS, work.options.encoding), Rejects()
    found = {video.video_id: video for video in read(sheet, rejects)}
    demand_rows(work.file, found, rejects)
    state = {row["video_id"]: row for row in rows_of(work.lake, VIDEOS, STATE)}
    names = ("title", "duration_seconds", "alias_of")
    same = [name for name in found if name in state and found[name].told == tuple(state[name][key] for key in names)]
    changes = {
        "new videos": len(found.keys() - state.keys()),
        "dropped videos": len(state.keys() - found.keys()),
        "changed videos": len(found.keys() & state.keys()) - len(same),
        "unchanged": len(same),
    }
    batch_id = work.batch_id if work.changed(changes) else None
    if batch_id:
        yield work.batch((VIDEOS, lines(batch_id, map(asdict, found.values()), valid_from=work.day)))
    details = [f"dropped: {name}" for name in state if name not in found]
    notes = ("The file is the whole catalogue: what it does not name is dropped.", unknown_columns(sheet))
    return report("videos", work, len(found), changes, batch_id, rejects, notes, details)


KIND = Kind(
    name="videos",
    help="Titles and lengths of videos, and which ids are one video. The newest file is the whole catalogue.",
    read=take,
    order=4,
)
