"""What must come out once the simulated files are imported: who is whom, rosters, progress, recognised answers.

Links are followed only as far as they are certain: an address, its SHA-1, an address as the actor's name, a confirmed
pair. Does not live here: the files (``files``), the rest of the truth (``truth_document``).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from analytics_platform.simulator.files import DUE_COHORTS, Files
from analytics_platform.simulator.lessons import lessons
from analytics_platform.simulator.people import KINDS, SILENT_DAYS
from analytics_platform.simulator.plan import moment
from analytics_platform.simulator.texts import Ints

Completions = Mapping[tuple[int, int], int]  # (person, lesson) -> microseconds since 1970


def files_document(files: Files, completions: Completions, last_seen: Mapping[str, Ints]) -> dict[str, Any]:
    """The part of truth.json that speaks of files."""
    return {
        "at_risk": _at_risk(files, last_seen),
        "identities": [_identity(files, i) for i in range(files.organisation.people.count)],
        "rosters": [_roster(files, number, completions) for number in range(len(files.rostered))],
        "cohorts_without_roster": files.cohorts[len(files.rostered) :],
        "due": [
            {"cohort": files.cohorts[cohort], "lesson": number, "due_on": str(files.due(lesson))}
            for cohort in DUE_COHORTS
            for lesson, number in enumerate(lessons().numbers)
        ],
        "export": _export(files),
        "completions": [
            {"person": person, "lesson": lessons().numbers[lesson], "at": moment(at).isoformat()}
            for (person, lesson), at in sorted(completions.items())
        ],
    }


def _identity(files: Files, i: int) -> dict[str, Any]:
    """Which identifiers are one person with roster and links, and which of the person's nobody can match."""
    people = files.organisation.people
    together = {f"mbox:{people.emails[i]}"}
    apart = set[str]()
    for key in people.identifiers(i):
        kind = key.partition(":")[0]
        known = bool(files.linked[kind][i]) if kind in files.linked else True
        if kind == "mbox_sha1sum" and people.cohort[i] < len(files.rostered):
            known = True  # the roster's address has this SHA-1
        if kind == "account" and KINDS[people.kind[i]] == "account_with_email":
            known = True  # the source gives the address as the actor's name
        (together if known else apart).add(key)
    if i in files.named:
        together.add(files.named[i])
    return {"person": i, "identifiers": sorted(together), "unmatched": sorted(apart)}


def _at_risk(files: Files, last_seen: Mapping[str, Ints]) -> dict[str, Any]:
    """People at risk as far as they are recognised: of an unmatched course identifier only the course is seen."""
    organisation, plan = files.organisation, files.organisation.plan
    taken = organisation.course.started < plan.days
    everything = (taken & (organisation.course.reached == lessons().sizes)).all(axis=1)
    found = []
    for i in np.flatnonzero(taken.any(axis=1) & ~everything).tolist():
        identity, course = _identity(files, i), organisation.people.identifiers(i)[0]
        keys = {course} if course in identity["unmatched"] else set(identity["identifiers"])
        kinds = {key.partition(":")[0] for key in keys - {course}} | {"course"}
        last = max(int(last_seen[kind][i]) for kind in kinds if kind in last_seen)
        if plan.days - 1 - last >= SILENT_DAYS:
            found.append({"person": i, "course_identifier": course, "days_silent": plan.days - 1 - last})
    return {"as_of": str(plan.date(plan.days - 1)), "people": found}


def _roster(files: Files, number: int, completions: Completions) -> dict[str, Any]:
    """A roster's size, and its progress at the end: completed, partial, not started; who is unmatched did not start."""
    organisation = files.organisation
    members = np.flatnonzero(organisation.people.cohort == number).tolist()
    seen = [i for i in members if not _course_identifier_is_unmatched(files, i)]
    size = len(members) + len(files.absent(number))
    progress: dict[str, Any] = {}
    for lesson, name in enumerate(lessons().numbers):
        started = sum(int(organisation.course.started[i, lesson]) < organisation.plan.days for i in seen)
        done = [completions[i, lesson] for i in seen if (i, lesson) in completions]
        entry: dict[str, Any] = {"completed": len(done), "partial": started - len(done), "not_started": size - started}
        if number in DUE_COHORTS:
            entry |= {"due_on": str(files.due(lesson)), "on_time_in_utc": _on_time(done, files.due(lesson))}
        progress[name] = entry
    absent = [f"mbox:{email}" for _, _, email in files.absent(number)]
    about = {"cohort": files.cohorts[number], "members": size, "people": members, "absent": absent}
    return {**about, "progress_at_the_end": progress}


def _course_identifier_is_unmatched(files: Files, i: int) -> bool:
    return files.organisation.people.identifiers(i)[0] in _identity(files, i)["unmatched"]


def _on_time(done: list[int], due: date) -> int:
    return sum(moment(at).date() <= due for at in done)


def _export(files: Files) -> dict[str, Any]:
    rows, cohort = files.export()[1:], files.cohorts[0]
    names = files.organisation.people.names
    # Who is named in the export, but whose course identifier nobody has confirmed, is two people for the platform.
    recognised = {names[i] for i in files.named if not _course_identifier_is_unmatched(files, i)}
    overlap = sum(row[0] in recognised for row in rows)
    learners = {row[0] for row in rows} - {key.partition("|")[2] for key in files.named.values()}
    keys = {f"{'anonymous' if name.lower().startswith('anonym') else 'name'}:{cohort}|{name}" for name in learners}
    return {
        "cohort": cohort,
        "rows": len(rows),
        "also_statements": overlap,
        "only_in_export": len(rows) - overlap,
        "named": {key: person for person, key in files.named.items()},
        "unmatched": sorted(keys),
    }
