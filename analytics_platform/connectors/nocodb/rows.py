"""A record of NocoDB as a payload of our table: our names, an id, and of ``inputs`` only what settings name.

Only fields of the contract are taken, so a column that holds secrets never reaches the lake. The prompt (``message``)
repeats ``inputs`` in its instructions, so it stays away like them: where a row has no query, the user's last text in
the prompt is its query. ``source_digest`` says which version of the row a line is. Does not live here: types and
meanings (``contracts/nocodb``), reading a prompt (``prompts``).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from hashlib import md5
from typing import Any

import orjson

from analytics_platform.connectors.nocodb.prompts import last_user_text
from analytics_platform.contracts import Table

# What identifies a row that has no id: its own words and moment. An answer may be edited, so it does not count.
IDENTIFYING = {
    "nocodb/conversations": ("app_id", "from_end_user_id", "from_account_id", "created_at", "name"),
    "nocodb/messages": ("conversation_id", "from_end_user_id", "created_at", "query", "parent_message_id"),
}
_TIMES = {"created_at": "CreatedAt", "updated_at": "UpdatedAt"}
PROMPT = "message"  # our name of the field of messages that holds the whole prompt list
# As NocoDB writes times; the rest is read by the clock of the standard library.
_AS_UTC = re.compile(r"\d{4}-\d\d-\d\d[ T](?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\+00:00|Z)")
ROW_IDS = ("Id", "ID", "nc_id")  # NocoDB's own key of a record


@dataclass(frozen=True)
class Reader:
    """How records of one table are read. ``fields`` are their names of our fields, where they differ."""

    table: Table
    fields: Mapping[str, str]
    inputs: frozenset[str]
    columns: frozenset[str] = field(default_factory=frozenset)  # as seen in a record; empty: not known

    def name(self, ours: str) -> str:
        """Their name of a field. A table without our time columns has NocoDB's own."""
        if ours in self.fields:
            return self.fields[ours]
        system = _TIMES.get(ours)
        return system if system and ours not in self.columns else ours

    @property
    def tie(self) -> str:
        """A field that orders rows of one moment always in the same way."""
        return next((name for name in ROW_IDS if name in self.columns), self.name("id"))

    @property
    def order(self) -> str:
        return f"{self.name('created_at')},{self.tie}"

    def missing(self) -> list[str]:
        """Their names of fields that we cannot do without and that a record does not have."""
        needed = ["created_at"] + (["conversation_id"] if self.table.path == "nocodb/messages" else [])
        if not any(name in self.columns for name in ROW_IDS):
            needed.append("id")
        needed += [ours for ours in self.fields if ours not in needed]
        return [self.name(ours) for ours in needed if self.name(ours) not in self.columns]

    def id_of(self, record: Mapping[str, Any]) -> str:
        """The row's id; where it has none, NocoDB's own, or one made from what identifies it."""
        own = record.get(self._id)
        if own not in (None, ""):
            return str(own)
        for name in ROW_IDS:
            if record.get(name) not in (None, ""):
                return f"nocodb:{record[name]}"
        parts = [record.get(self.name(ours)) for ours in IDENTIFYING[self.table.path]]
        return f"made:{md5(orjson.dumps(parts, default=str), usedforsecurity=False).hexdigest()}"

    def day_of(self, record: Mapping[str, Any]) -> date | None:
        """The UTC day of the row, by its time of creation."""
        written = record.get(self._created)
        if isinstance(written, str) and _AS_UTC.fullmatch(written):
            return _date(written[:10])
        moment = self.moment(written)
        return _date(moment[:10]) if moment else None

    @staticmethod
    def moment(written: Any) -> str | None:
        """A time as ``2026-11-20T10:28:58Z`` (UTC, whole seconds, so that texts sort as times)."""
        return _moment(written) if isinstance(written, str) else None

    def version(self, record: Mapping[str, Any]) -> tuple[str, str, bytes]:
        """The row's id, the digest of what is taken of it, and the payload: our names, with the id and the digest."""
        get = record.get
        taken = {ours: value for ours, theirs in self._pairs if (value := get(theirs)) is not None}
        if "inputs" in taken:
            taken["inputs"] = chosen_inputs(taken["inputs"], self.inputs)
        prompt = taken.pop(PROMPT, None)
        if prompt is not None and not str(taken.get("query") or "").strip():
            taken["query"] = last_user_text(prompt)
        name = taken["id"] = self.id_of(record)
        written = orjson.dumps(taken, option=orjson.OPT_SORT_KEYS)
        digest = md5(written, usedforsecurity=False).hexdigest()
        return name, digest, b'%b,"source_digest":"%b"}' % (written[:-1], digest.encode())

    @cached_property
    def _pairs(self) -> tuple[tuple[str, str], ...]:
        """(ours, theirs) of every field that the table has and that is taken; worked out once, not once a row."""
        pairs = ((name, self.name(name)) for name in self.table.shape if name not in _TIMES.values())
        return tuple((ours, theirs) for ours, theirs in pairs if not self.columns or theirs in self.columns)

    @cached_property
    def _created(self) -> str:
        return self.name("created_at")

    @cached_property
    def _id(self) -> str:
        return self.name("id")


@lru_cache(maxsize=4096)
def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _moment(written: str) -> str | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def chosen_inputs(inputs: Any, names: Collection[str]) -> dict[str, Any]:
    """Of ``inputs`` (an object, or JSON as text) the named fields; the rest may be sensitive and stays away."""
    if not names:
        return {}
    if isinstance(inputs, str):
        try:
            inputs = orjson.loads(inputs)
        except orjson.JSONDecodeError:
            return {}
    return {name: inputs[name] for name in names if name in inputs} if isinstance(inputs, dict) else {}
