"""Which days of chats are labelled, from which state of the lake and by which version: what waits is the difference.

One small note a day, ``labels_state/chats/day=….json``. Cheap enough for a sensor: no model is loaded and no row read.
A day with texts that a model could not be asked about waits again from the time in its note; so does one with
translations that are left, which has a note of its own.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson

from analytics_platform.contracts import TABLES
from analytics_platform.lake.lake import Lake, lake_key

FOLDER, TRANSLATED = "labels_state/chats", "labels_state/translations"
MESSAGES = TABLES["nocodb/messages"]
FIRST_PAUSE, MOST_TRIES = timedelta(hours=1), 5


def note_labelled(
    lake: Lake,
    day: date,
    version: str,
    unasked: bool = False,
    unpaid: bool = False,
    now: datetime | None = None,
    folder: str = FOLDER,
) -> None:
    """The day's labels (or translations) were made from its messages as they are now.

    ``unpaid``: the limit of the day was spent, so the rest waits for the next. ``unasked``: a model gave no answer that
    counts; it is asked again later and later, and not for ever, because wrong answers cost money, too.
    """
    mark, before, moment = _mark(lake, day), _note(lake, day, folder), now or datetime.now(UTC)
    tries = (before.get("tries", 0) if before.get("messages") == mark else 0) + unasked
    again_at = None
    if unpaid:
        again_at = datetime.combine(moment.date() + timedelta(days=1), time(), UTC)
    elif unasked and tries <= MOST_TRIES:
        again_at = moment + FIRST_PAUSE * 4 ** (tries - 1)
    note = {"messages": mark, "version": version, "tries": tries, "again_at": again_at and again_at.isoformat()}
    with lake.store.workspace() as place:
        file = place / "note.json"
        file.write_bytes(orjson.dumps(note))
        lake.store.publish(file, _key(day, folder))


def unlabelled_days(lake: Lake, now: datetime | None = None) -> dict[date, str]:
    """Days whose messages came, or came anew, after they were labelled, or whose texts may be asked about again.

    Each with what it waits for: the same text is the same state.
    """
    marks, moment = lake.store.marks(f"lake/{MESSAGES.path}/"), now or datetime.now(UTC)
    days = {date.fromisoformat(key.partition("/day=")[2].partition("/")[0]): mark for key, mark in marks.items()}
    translated = set(lake.store.keys(f"{TRANSLATED}/"))
    found = {
        day: _waits(lake, day, mark, moment)
        or (_again(_note(lake, day, TRANSLATED), mark, moment) if _key(day, TRANSLATED) in translated else "")
        for day, mark in sorted(days.items())
        if day != date.min
    }
    return {day: state for day, state in found.items() if state}


def _waits(lake: Lake, day: date, mark: str, now: datetime) -> str:
    note = _note(lake, day, FOLDER)
    return _again(note, mark, now) if note.get("messages") == mark else mark


def _again(note: dict[str, Any], mark: str, now: datetime) -> str:
    again_at = note.get("again_at")
    return f"{mark} since {again_at}" if again_at and datetime.fromisoformat(again_at) <= now else ""


def _note(lake: Lake, day: date, folder: str) -> dict[str, Any]:
    content = lake.store.read(_key(day, folder))
    return {} if content is None else orjson.loads(content)


def _mark(lake: Lake, day: date) -> str:
    key = lake_key(MESSAGES, day)
    return lake.store.marks(f"{key.rpartition('/')[0]}/").get(key, "")


def _key(day: date, folder: str) -> str:
    return f"{folder}/day={day}.json"
