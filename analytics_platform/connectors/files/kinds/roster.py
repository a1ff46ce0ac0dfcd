"""Rosters: who is in which cohort. The newest file that names a cohort is that cohort's state.

Lives here: columns, what makes a row unusable, and who joined, left or changed. Does not live here: who is who.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analytics_platform.connectors.files.headers import Field, demand
from analytics_platform.connectors.files.kind import Import, Kind, Work, demand_rows, lines, report, unknown_columns
from analytics_platform.connectors.files.reports import Rejects
from analytics_platform.connectors.files.sheets import Sheet, open_sheet
from analytics_platform.contracts.imports import ROSTER

FIELDS = (
    Field("email", ("email", "e mail", "email address", "e mail address", "learner email", "learner e mail", "mail",
                    "user email", "work email", "work e mail")),
    Field("first_name", ("first name", "firstname", "given name", "forename", "first")),
    Field("last_name", ("last name", "lastname", "surname", "family name", "last")),
    Field("full_name", ("full name", "fullname", "name", "learner name", "display name", "learner", "student name")),
    Field("group_name", ("group", "group name")),
    Field("team_name", ("team", "team name")),
    Field("cohort", ("cohort", "cohort name")),
    Field("phone", ("phone", "phone number", "mobile", "mobile number", "telephone")),
    Field("location", ("location", "city", "office", "site", "place")),
    Field("external_id", ("external id", "id", "employee id", "learner id", "student id", "member id", "user id")),
)  # fmt: skip
CONTENT = ("cohort", "email", "external_id", "full_name", "first_name", "last_name", "group_name", "team_name",
           "phone", "location")  # fmt: skip
# The newest batch that names a cohort is the cohort's state.
STATE = "select * from stored qualify batch_id = max(batch_id) over (partition by cohort) order by batch_id, file_line"

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
Member = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """A file against the state of the cohorts that it names."""

    joined: list[Member]
    left: list[Member]
    changed: list[tuple[Member, tuple[str, ...]]]  # with the names of the fields
    unchanged: int


def email_of(value: str) -> str | None:
    """A canonical e-mail address out of what people write: ``Ann <Ann@Example.org>``, ``mailto:ann@example.org``."""
    inner = re.search(r"<([^<>]+)>", value)
    plain = (inner[1] if inner else value).strip().lower().removeprefix("mailto:")
    return plain if _ADDRESS.fullmatch(plain) else None


def read(sheet: Sheet, cohort: str, rejects: Rejects) -> Iterable[Member]:
    """The members of a file, each with its line. ``cohort`` is for files that name none."""
    header, file = sheet.header, sheet.file.name
    demand(sheet.columns, FIELDS, ("email", "external_id", "full_name", "first_name"), file, header)
    if not cohort:
        demand(sheet.columns, FIELDS, ("group_name", "team_name", "cohort"), f"{file} (read without --cohort)", header)
    seen: dict[tuple[str, str], int] = {}
    for row in sheet.rows():
        member, problem = _member(row.values, cohort) if not row.problem else ({}, row.problem)
        if not problem:
            first = seen.setdefault((member["cohort"], key_of(member)), row.line)
            problem = f"repeats the member of line {first}" if first != row.line else ""
        if problem:
            rejects.add(row.line, problem)
        else:
            yield {**member, "file_line": row.line}


def _member(values: Mapping[str, str], cohort: str) -> tuple[Member, str]:
    found: Member = {name: " ".join(values.get(name, "").split()) or None for name in CONTENT}
    names = " ".join(part for part in (found["first_name"], found["last_name"]) if part)
    found["full_name"] = found["full_name"] or names or None
    parts = [part for part in (found["group_name"], found["team_name"]) if part]
    found["cohort"] = " / ".join(parts) or found["cohort"] or cohort or None
    if found["email"]:
        canonical = email_of(found["email"])
        if canonical is None:
            return found, "the e-mail address is none (it needs one @ and no spaces)"
        found["email"] = canonical
    if not (found["email"] or found["external_id"] or found["full_name"]):
        return found, "names nobody: an e-mail address, an id or a name is needed"
    if not found["cohort"]:
        return found, "has neither a group nor a team"
    return found, ""


def key_of(member: Member) -> str:
    """What makes a member the same in two files: the address, else the id, else the name."""
    return str(member["email"] or member["external_id"] or member["full_name"].casefold())


def compare(members: Iterable[Member], state: Iterable[Member]) -> Difference:
    """Who joined, left, changed or stayed as they were, in the cohorts that the file names."""
    now = {(member["cohort"], key_of(member)): member for member in members}
    cohorts = {cohort for cohort, _ in now}
    before = {(m["cohort"], key_of(m)): m for m in state if m["cohort"] in cohorts}
    changed = []
    for key, member in now.items():
        if key in before:
            fields = tuple(name for name in CONTENT if member[name] != before[key][name])
            if fields:
                changed.append((member, fields))
    return Difference(
        joined=[member for key, member in now.items() if key not in before],
        left=[member for key, member in before.items() if key not in now],
        changed=changed,
        unchanged=len(now.keys() & before.keys()) - len(changed),
    )


def told(difference: Difference) -> list[str]:
    """Single changes for the person who brought the file."""
    return [
        *(f"left {member['cohort']}: {key_of(member)}" for member in difference.left),
        *(f"changed in {m['cohort']}: {key_of(m)} ({', '.join(fields)})" for m, fields in difference.changed),
        *(f"joined {member['cohort']}: {key_of(member)}" for member in difference.joined),
    ]


def take(work: Work) -> Import:
    """The file as a batch, if it changes the state of its cohorts."""
    from analytics_platform.connectors.files.stored import rows_of

    sheet, rejects = open_sheet(work.file, FIELDS, work.options.encoding), Rejects()
    members = list(read(sheet, work.options.cohort, rejects))
    demand_rows(work.file, members, rejects)
    difference = compare(members, rows_of(work.lake, ROSTER, STATE))
    changes = {
        "joined": len(difference.joined),
        "left": len(difference.left),
        "changed": len(difference.changed),
        "unchanged": difference.unchanged,
    }
    batch_id = work.batch_id if work.changed(changes) else None
    if batch_id:
        yield work.batch((ROSTER, lines(batch_id, members, valid_from=work.day)))
    cohorts = ", ".join(sorted({member["cohort"] for member in members}))
    notes = (f"Cohorts: {cohorts}. Cohorts that the file does not name stay as they are.", unknown_columns(sheet))
    return report("roster", work, len(members), changes, batch_id, rejects, notes, told(difference))


KIND = Kind(
    name="roster",
    help="Who is in which cohort. The newest file that names a cohort is its state: who is missing there has left.",
    read=take,
    cohort="Cohort of members whose row names none, as 'North / Harbour'.",
    order=2,
)
