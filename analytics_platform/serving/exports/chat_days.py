"""Days of an export target whose rows differ from the marts by now: after erasures, late edits, deletions.

A run hands on the days that it is asked for, and these. What was handed on is noted as counts and sums of each local
day, one small file in the home for each place; a place without a note is compared anew, day by day. Does not live
here: the rows (``chat_tables``), writing them (``chat_lake``, ``mongodb``).
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import orjson

from analytics_platform.serving.exports.chat_tables import ChatTables
from analytics_platform.settings import Settings


class HandedOn:
    """What one place was given."""

    def __init__(self, settings: Settings, place: str) -> None:
        name = hashlib.sha256(place.encode()).hexdigest()[:16]  # an address may hold a password
        self._file: Path = settings.home / "pumps" / "handed_on" / f"{name}.json"

    def other_days(self, tables: ChatTables, held: Iterable[date]) -> list[date]:
        """The days of the place whose rows are others now."""
        noted = orjson.loads(self._file.read_bytes()) if self._file.exists() else {}
        now = tables.day_sums()
        return sorted(day for day in held if noted.get(str(day)) != now.get(day))

    def note(self, tables: ChatTables, held: Iterable[date]) -> None:
        """The place holds these days as the marts tell them."""
        now = tables.day_sums()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(".part")
        draft.write_bytes(orjson.dumps({str(day): now[day] for day in sorted(held) if day in now}))
        draft.replace(self._file)
