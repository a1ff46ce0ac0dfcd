"""Who is who: identifiers joined by stated bonds, and what rosters say of the people.

Lives here: bonds (an address and its SHA-1, an actor's name that is an address, a confirmed link), cohorts. Does not
live here: what people did.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from analytics_platform_tests.reference.landed import Json
from analytics_platform_tests.reference.statements import Statement

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass
class Person:
    """All identifiers of one; ``id`` is the first of them and stands for the person in what the reference says."""

    identifiers: list[str]
    email: str | None = None
    full_name: str | None = None
    cohort: str | None = None
    former_cohort: str | None = None
    group_name: str | None = None
    team_name: str | None = None
    is_named_by_roster: bool = False
    memberships: dict[str, date | None] = field(default_factory=dict)  # cohort: the day on which it was left

    @property
    def id(self) -> str:
        return self.identifiers[0]

    @property
    def is_on_roster(self) -> bool:
        return self.cohort is not None


def address(name: str | None) -> str | None:
    """The e-mail address that a name is."""
    bare = (name or "").strip().lower()
    return bare if ADDRESS.fullmatch(bare) else None


def member_key(row: Json) -> str:
    if row.get("email"):
        return f"mbox:{row['email']}"
    return f"id:{row['external_id']}" if row.get("external_id") else f"name:{row.get('cohort')}|{row.get('full_name')}"


def newest_batch(rows: list[Json]) -> list[Json]:
    newest = max((row["batch_id"] for row in rows), default=None)
    return [row for row in rows if row["batch_id"] == newest]


def people(
    identifiers: Iterable[str],
    statements: list[Statement],
    roster: list[Json],
    links: list[Json],
    learners: dict[str, str],
) -> dict[str, Person]:
    """The person of each identifier. ``learners`` are the names in exports."""
    everyone, bonds = set(identifiers), set[tuple[str, str]]()
    everyone |= {member_key(row) for row in roster}
    for one in statements:
        if (named := address(one.actor_name)) is not None:
            bonds.add((one.actor, f"mbox:{named}"))
    bonds |= {(row["identifier_a"], row["identifier_b"]) for row in newest_batch(links)}
    everyone |= {key for bond in bonds for key in bond}
    for key in list(everyone):
        if key.startswith("mbox:"):
            for written in (f"mailto:{key[5:]}", key[5:]):
                digest = f"mbox_sha1sum:{hashlib.sha1(written.encode(), usedforsecurity=False).hexdigest()}"
                if digest in everyone:
                    bonds.add((key, digest))
    found: dict[str, Person] = {}
    for group in _joined(everyone, bonds):
        person = Person(sorted(group))
        found |= dict.fromkeys(group, person)
    _read_rosters(found, roster)
    _name_the_rest(found, statements, learners)
    return found


def _joined(everyone: set[str], bonds: set[tuple[str, str]]) -> list[set[str]]:
    beside = defaultdict(set)
    for one, other in bonds:
        beside[one].add(other)
        beside[other].add(one)
    groups, seen = [], set[str]()
    for start in everyone:
        group, waiting = set[str](), [start]
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                group.add(key)
                waiting += beside[key]
        if group:
            groups.append(group)
    return groups


def _read_rosters(found: dict[str, Person], roster: list[Json]) -> None:
    """The newest file that names a cohort says who is in it; who is in an older one only has left."""
    by_cohort = defaultdict(lambda: defaultdict(list))
    for row in roster:
        by_cohort[row["cohort"]][row["batch_id"]].append(row)
    for cohort in sorted(by_cohort):
        batches = [by_cohort[cohort][batch] for batch in sorted(by_cohort[cohort])]
        for number, batch in enumerate(batches):
            there = {member_key(row) for later in batches[number + 1 :] for row in later}
            for row in batch:
                if member_key(row) in there:
                    continue  # a newer file says it
                after = batches[number + 1] if number + 1 < len(batches) else None
                left_on = date.fromisoformat(after[0]["valid_from"]) if after else None
                _join(found[member_key(row)], row, cohort, left_on)


def _join(person: Person, row: Json, cohort: str, left_on: date | None) -> None:
    person.is_named_by_roster = True
    person.memberships[cohort] = left_on
    if left_on is None and person.cohort is None:
        person.cohort, person.group_name, person.team_name = cohort, row.get("group_name"), row.get("team_name")
        person.email, person.full_name = row.get("email") or None, row.get("full_name")
    elif left_on is not None and person.former_cohort is None:
        person.former_cohort = cohort
    person.email = person.email or row.get("email") or None
    person.full_name = person.full_name or row.get("full_name")


def _name_the_rest(found: dict[str, Person], statements: list[Statement], learners: dict[str, str]) -> None:
    """Without a roster: the first address in the alphabet, and the name that was sent last, else an export's."""
    for person in found.values():
        if person.cohort is not None:
            person.former_cohort = None
        boxes = [key[5:] for key in person.identifiers if key.startswith("mbox:")]
        person.email = person.email or min(boxes, default=None)
    sent = {found[key].id: name for key, name in learners.items()}
    for one in statements:
        if (one.actor_name or "").strip() and address(one.actor_name) is None:
            sent[found[one.actor].id] = one.actor_name.strip()
    for person in found.values():
        person.full_name = person.full_name or sent.get(person.id)
