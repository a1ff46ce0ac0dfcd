"""Raw lines of landing as events: what is refused, which of several deliveries counts, and when it happened.

Lives here: the rules of intake in shared/metrics.md, read line by line. Does not live here: what an event means.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

Json = dict[str, Any]
AHEAD = timedelta(minutes=5)  # a clock may be that far ahead of ours


@dataclass(frozen=True)
class Event:
    """A delivery that counts: its payload, when it happened, when it came."""

    id: str
    payload: Json
    at: datetime
    received_at: datetime
    claimed_at: datetime | None
    clock_skewed: bool

    @property
    def day(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class OfEvent:
    """What a source's row is to the reference: an event, and what its payload says."""

    event: Event

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def facts(self) -> Json:
        return self.event.payload


def part(value: Any, *path: str | int) -> Any:
    """What lies at a path of a JSON value; None where any step is missing."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value


def text(value: Any) -> str | None:
    """A text; numbers and truth values are what JSON writes."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def moment(value: Any) -> datetime | None:
    """A time as ISO 8601 writes it, comma and small letters allowed; without a zone it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.replace(",", ".").upper())
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def lines(home: Path, table: str) -> Iterator[Json]:
    """Every line of a table, day by day, in the order in which the segments were written."""
    for file in sorted((home / "landing" / table).glob("day=*/*.ndjson*")):
        with pa.input_stream(str(file), compression="zstd" if file.suffix == ".zst" else None) as stream:
            for line in stream.read().decode().splitlines():
                yield json.loads(line)


def events(home: Path, table: str, first_day: date) -> list[Event]:
    """The deliveries that count, one of each id, in the order of time."""
    read = READERS.get(table, _imported)
    # By id: the deliveries in the order of receipt. Lines of one instant keep the order in which they were written.
    deliveries: dict[str, list[Event]] = {}
    for line in sorted(lines(home, table), key=lambda line: datetime.fromisoformat(line["received_at"])):
        payload, received_at = line["payload"], datetime.fromisoformat(line["received_at"]).astimezone(UTC)
        if line.get("problem") or not isinstance(payload, dict):
            continue
        id, payload, claimed = read(payload)
        claimed_at = moment(claimed)
        if id is None or (claimed is not None and claimed_at is None):
            continue
        earliest = datetime.combine(first_day, time(), UTC)
        skewed = claimed_at is not None and (claimed_at > received_at + AHEAD or claimed_at < earliest)
        at = received_at if claimed_at is None or skewed else claimed_at
        deliveries.setdefault(id, []).append(Event(id, payload, at, received_at, claimed_at, skewed))
    counted = [_newest(found) if table.startswith("nocodb") else found[0] for found in deliveries.values()]
    return sorted(counted, key=lambda event: (event.at, event.id))


def _newest(found: list[Event]) -> Event:
    """Rows that are edited: the last edit; of several deliveries of it the last."""
    return max(
        enumerate(found), key=lambda one: (edited_at(one[1].payload) or datetime.min.replace(tzinfo=UTC), one[0])
    )[1]


def edited_at(payload: Json) -> datetime | None:
    return moment(payload.get("updated_at") or payload.get("UpdatedAt"))


Read = tuple[str | None, Json, Any]  # the id (None: refused), the payload, the claimed time


def _statement(payload: Json) -> Read:
    if payload.get("event_type") == "xapi_statement" and isinstance(payload.get("data"), dict):
        payload = payload["data"]
    thing = payload.get("object")
    named = text(part(thing, "id")) or agent(thing) or part(thing, "objectType") == "SubStatement"
    known = payload.get("id") and agent(payload.get("actor")) and part(payload, "verb", "id") and named
    return (str(payload["id"]).lower() if known else None), payload, payload.get("timestamp")


def agent(who: Any) -> str | None:
    """An agent's one identifier, with its kind in front; an anonymous group is known by its members."""
    account = part(who, "account")
    if part(account, "name") is not None and part(account, "homePage") is not None:
        return f"account:{account['homePage'].rstrip('/')}|{account['name']}"
    if mbox := part(who, "mbox"):
        return f"mbox:{mbox.strip().lower().removeprefix('mailto:')}"
    if digest := part(who, "mbox_sha1sum"):
        return f"mbox_sha1sum:{digest.lower()}"
    if part(who, "openid"):
        return f"openid:{who['openid']}"
    if part(who, "objectType") == "Group" and part(who, "member") is not None:
        return f"group:{json.dumps(who['member'])}"
    return None


def _row(payload: Json) -> Read:
    created = payload.get("created_at") or payload.get("CreatedAt")
    return text(payload.get("id")) or None, payload, created


def _message(payload: Json) -> Read:
    id, payload, created = _row(payload)
    return id if payload.get("conversation_id") else None, payload, created


def _hashed(payload: Json) -> str:
    """A name for an event without an id: its text's, so that a repeat has the same."""
    return "hash:" + hashlib.sha256(json.dumps(payload).encode()).hexdigest()


def _video(payload: Json) -> Read:
    position = number(payload.get("video_time_sec"))
    known = payload.get("video_id") and payload.get("event_type") and not (position is not None and position < 0)
    id = text(payload.get("event_id")) or _hashed(payload)
    return (id if known else None), payload, payload.get("event_timestamp")


def _telemetry(payload: Json) -> Read:
    id = text(payload.get("event_id")) or _hashed(payload)
    return (id if payload.get("event_type") else None), payload, payload.get("timestamp")


def _imported(payload: Json) -> Read:
    """A row of a file; what stands in its cells is trimmed."""
    payload = {name: (one.strip() or None) if isinstance(one, str) else one for name, one in payload.items()}
    return text(payload.get("row_id") or payload.get("response_id")), payload, None


READERS = {
    "xapi/statements": _statement,
    "nocodb/conversations": _row,
    "nocodb/messages": _message,
    "video/events": _video,
    "telemetry/events": _telemetry,
}


def flag(value: Any) -> bool:
    """SQLite sends 1 and 0 where PostgreSQL sends true and false."""
    return value in (True, 1, "1", "true", "True", "t")
