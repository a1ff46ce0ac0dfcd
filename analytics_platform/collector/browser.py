"""Finds stored statements by actor, verb and time, and says how far each has come on its way to the lake.

"Did Anna's quiz arrive?" is one question here. Functions, no HTTP: the command prints them, a page may show them.
Does not live here: lake and marts (``commands/arrival``), what was refused (``store/refused``).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.queue import STATEMENTS, shipped_place
from analytics_platform.collector.store.statement_queries import PageQuery, StoredStatement, page, statement_by_id
from analytics_platform.collector.xapi import agents
from analytics_platform.collector.xapi.marks import (
    ACTIVITY,
    AGENT,
    OTHER_ACTIVITY,
    OTHER_AGENT,
    VERB,
    Marks,
    foreign,
    mark,
)
from analytics_platform.collector.xapi.primitives import moment, uuid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ADL = "http://adlnet.gov/expapi/verbs/"


@dataclass(frozen=True)
class Arrived:
    """One statement as a line of a list."""

    id: str
    stored: datetime
    actor: str
    verb: str
    object: str
    voided: bool
    landed: bool  # whether landing has it
    days: frozenset[date]  # in the lake it lies on one of them


def statements(
    connection: Connection,
    actor: str = "",
    verb: str = "",
    activity: str = "",
    since: str = "",
    until: str = "",
    limit: int = 20,
) -> list[Arrived]:
    """The newest first. Agents and activities are found wherever a statement mentions them."""
    marks: list[Marks] = []
    if actor:
        known = agent_of(actor)
        marks.append((mark(AGENT, known), mark(OTHER_AGENT, known)))
    if activity:
        marks.append((mark(ACTIVITY, activity), mark(OTHER_ACTIVITY, activity)))
    if verb:
        marks.append((mark(VERB, verb_of(verb)),))
    query = PageQuery(
        marks=tuple((*some, *foreign(some)) for some in marks),
        since=_micros(since, "since"),
        until=_micros(until, "until"),
        limit=limit,
    )
    shipped = shipped_place(connection, STATEMENTS)
    return [_arrived(found, shipped) for found in page(connection, query)[0]]


def one(connection: Connection, name: str) -> tuple[Arrived, str] | None:
    """A statement by its id, voided ones as well, and its JSON."""
    try:
        uuid(name)
    except Invalid as error:
        error.within("id")
        raise
    found = statement_by_id(connection, name.lower(), None)
    if found is None:
        return None
    if found.gone:
        raise Invalid("is stored and landed; the store no longer keeps its text (COLLECTOR_KEEP_DAYS, …_MB)", "id")
    return _arrived(found, shipped_place(connection, STATEMENTS)), found.json


def verb_of(text: str) -> str:
    """The IRI that a person means: itself, or the last part of one of ADL's."""
    return text if ":" in text or "*" in text else f"{_ADL}{text}"


def agent_of(text: str) -> str:
    """The identity that a person means: an address, homePage|name, or an agent as JSON."""
    if text.startswith("{"):
        try:
            value: Any = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Invalid("is no JSON", "actor") from None
        agents.actor(value)
        return agents.identity(value) or ""
    if "|" in text:
        return f"account:{text}"
    if "@" in text:
        return f"mbox:{text if text.startswith('mailto:') else f'mailto:{text}'}"
    raise Invalid("must be an e-mail address, homePage|name, or an agent as JSON", "actor")


def _arrived(found: StoredStatement, shipped: int) -> Arrived:
    statement = orjson.loads(found.body)
    stored = _EPOCH + timedelta(microseconds=found.stored)
    happened = moment(statement["timestamp"]) if "timestamp" in statement else stored
    return Arrived(
        statement["id"],
        stored,
        agents.identity(statement["actor"]) or "(group)",
        statement["verb"]["id"].rpartition("/")[2] or statement["verb"]["id"],
        statement["object"].get("id") or agents.identity(statement["object"]) or "(statement)",
        found.voided,
        found.place <= shipped,
        frozenset({stored.date(), happened.date()}),
    )


def _micros(text: str, name: str) -> int | None:
    """A time, or a day, or how long ago: 2026-03-01T09:30:00Z, 2026-03-01, 2h, 3d."""
    if not text:
        return None
    try:
        if text[:-1].isdecimal() and text[-1] in "mhd":
            ago = timedelta(minutes=int(text[:-1]) * {"m": 1, "h": 60, "d": 1440}[text[-1]])
            return (datetime.now(UTC) - ago - _EPOCH) // timedelta(microseconds=1)
        return (moment(f"{text}T00:00:00Z" if len(text) == 10 else text) - _EPOCH) // timedelta(microseconds=1)
    except (Invalid, OverflowError):
        said = "say a time (2026-03-01T09:30:00Z), a day (2026-03-01) or how long ago (30m, 2h, 3d)"
        raise Invalid(said, name) from None
