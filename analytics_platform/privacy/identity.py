"""Who an identifier is: a person, as the published marts join identifiers (``person_identifiers``), with all that is
known by them. Without a snapshot only what was given, and the hashes of an address.

Does not live here: how identifiers are joined (``dbt_project/models/intermediate/int_persons.sql``).
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

import duckdb

from analytics_platform.errors import PrivacyError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.pseudonyms import people_file

_KINDS = ("mbox", "mbox_sha1sum", "openid", "account", "chat", "chat_account", "user", "id", "name", "anonymous")
_SHORTEST = 6  # characters of a word that stands for one person only


@dataclass(frozen=True)
class Person:
    """``names`` may be another's too; ``phones`` and identifiers are the person's own."""

    person_id: str | None
    person_key: int | None
    identifiers: tuple[str, ...]
    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @property
    def needles(self) -> tuple[str, ...]:
        """Words that stand for this person and nobody else: addresses, numbers, ids that are no plain word."""
        found = {*self.phones, *([self.person_id] if self.person_id else [])}
        for identifier in self.identifiers:
            kind, _, value = identifier.partition(":")
            value = value.rpartition("|")[2] if kind == "account" else value
            if kind not in ("name", "anonymous") and _is_own(value):
                found.add(value)
        return tuple(sorted(word for word in found if word))


def resolve(settings: Settings, given: str) -> Person:
    """The person behind a person_id, an identifier as in the marts, or an e-mail address."""
    asked = given.strip()
    if not asked:
        raise PrivacyError("Say whom: a person_id, an e-mail address, or an identifier as chat:4711 or user:u1.")
    identifier = f"mbox:{asked}" if "@" in asked and ":" not in asked else asked
    if open_warehouse(settings).current() is None:
        return _unknown(identifier)
    with _who_is_who(settings) as ask:
        found = ask(
            "select distinct person_id, person_key from person_identifiers"
            " where lower(identifier) = lower($1) or person_id = $1",
            identifier,
        )
        if not found:
            return _unknown(identifier)
        person_id, person_key = found[0]["person_id"], found[0]["person_key"]
        identifiers = [
            row["identifier"]
            for row in ask("select identifier from person_identifiers where person_id = $1", person_id)
        ]
        rows = ask("select full_name from users where person_id = $1", person_id)
        names = [row["full_name"] for row in rows if row["full_name"]]
    names += [one.partition("|")[2] for one in identifiers if one.startswith("name:")]
    own_names = sorted({name for name in names if "@" not in name})
    return Person(person_id, person_key, tuple(sorted(_with_hashes(identifiers))), tuple(own_names))


def _unknown(identifier: str) -> Person:
    kind = identifier.partition(":")[0]
    if kind not in _KINDS:
        raise PrivacyError(
            f"The published marts know nobody as {identifier!r}. Give an e-mail address, a person_id of the mart users,"
            f" or an identifier with its kind in front: {', '.join(f'{one}:…' for one in _KINDS)}."
        )
    return Person(None, None, tuple(sorted(_with_hashes([identifier]))))


def _with_hashes(identifiers: list[str]) -> Iterator[str]:
    """An address is also known by its SHA-1, with and without mailto: in front."""
    yield from identifiers
    for identifier in identifiers:
        if identifier.lower().startswith("mbox:"):
            address = identifier[5:].lower()
            for said in (f"mailto:{address}", address):
                yield f"mbox_sha1sum:{sha1(said.encode(), usedforsecurity=False).hexdigest()}"


def _is_own(value: str) -> bool:
    """A short or plain word is said by others too; what has a digit or an at-sign is an id."""
    return len(value) >= _SHORTEST and bool(re.search(r"[\d@]", value)) and not re.fullmatch(r"\d{1,7}", value)


@contextmanager
def _who_is_who(settings: Settings) -> Iterator[Callable[[str, str], list[dict[str, Any]]]]:
    """A question to the people table: in the snapshot, or apart where the snapshot has pseudonyms."""
    file = people_file(settings)
    if settings.privacy == "pseudonymous" and file.exists():
        with duckdb.connect(str(file), read_only=True) as connection:
            yield lambda sql, value: connection.sql(sql, params=[value]).to_arrow_table().to_pylist()
        return
    with open_warehouse(settings).reader() as reader:
        yield lambda sql, value: reader.query(sql, [value]).to_pylist()


def behind(settings: Settings, pseudonym: str) -> dict[str, Any]:
    """Who stands behind a pseudonym: for the few who may know."""
    file = people_file(settings)
    if not file.exists():
        raise PrivacyError("There is no people table apart: it is written when marts are published pseudonymous.")
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.sql("select * from users where pseudonym = $1", params=[pseudonym]).to_arrow_table()
    if not rows.num_rows:
        raise PrivacyError(f"Nobody is published as {pseudonym!r} now. After a change of the key they are others.")
    found: dict[str, Any] = rows.to_pylist()[0]
    return found
