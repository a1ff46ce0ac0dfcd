"""Which days of chats are labelled, from which state of the lake and by which version: what waits is the difference.

One small note a day, ``labels_state/chats/day=….json``. Cheap enough for a sensor: no model is loaded and no row read.
"""

from datetime import date

import orjson

from analytics_platform.contracts import TABLES
from analytics_platform.lake.lake import Lake, lake_key

FOLDER = "labels_state/chats"
MESSAGES = TABLES["nocodb/messages"]


def note_labelled(lake: Lake, day: date, version: str) -> None:
    """The day's labels were made from its messages as they are now."""
    with lake.store.workspace() as folder:
        file = folder / "note.json"
        file.write_bytes(orjson.dumps({"messages": _mark(lake, day), "version": version}))
        lake.store.publish(file, _key(day))


def unlabelled_days(lake: Lake) -> list[date]:
    """Days whose messages came, or came anew, after they were labelled."""
    marks = lake.store.marks(f"lake/{MESSAGES.path}/")
    days = {date.fromisoformat(key.partition("/day=")[2].partition("/")[0]): mark for key, mark in marks.items()}
    return sorted(day for day, mark in days.items() if day != date.min and _noted(lake, day) != mark)


def _noted(lake: Lake, day: date) -> str | None:
    content = lake.store.read(_key(day))
    return None if content is None else str(orjson.loads(content)["messages"])


def _mark(lake: Lake, day: date) -> str:
    key = lake_key(MESSAGES, day)
    return lake.store.marks(f"{key.rpartition('/')[0]}/").get(key, "")


def _key(day: date) -> str:
    return f"{FOLDER}/day={day}.json"
