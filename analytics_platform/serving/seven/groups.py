"""People of whom several things hold: "completed lesson 3 but not lesson 5", "chatted last week or answered". Pure.

Does not live here: one part of it (``clauses``), what is asked of these people (``composing``).
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from analytics_platform.serving.seven.clauses import Clause, read_clause
from analytics_platform.serving.seven.facts import facts
from analytics_platform.serving.seven.made import People
from analytics_platform.serving.seven.marking import Mark

_JOINS = re.compile(r"\b(and|but|or|yet|although|though|while|nor|who|whom)\b")
_LESSONS = ("completions", "starts")


def people_of(text: str, marks: Mapping[str, Mark], zone: str, before: Clause | None = None) -> People | None:
    """The clauses of the text; "and" and "but" bind more tightly than "or". A cohort is of the people of all."""
    if cohorts := re.findall(r"§cohort\d+", text):
        rest = re.sub(r"(?<!\w)(?:(?:in|of|from|at|for) )?(?:the )?§cohort\d+(?: (?:and|or) (?=§cohort))?", " ", text)
        rest = re.sub(r"^\s*(?:and|but|who|that)\b|\b(?:and|but)\s*$", " ", rest).strip()
        members = read_clause(" ".join(cohorts), marks, zone, only=facts()["members"])
        found = people_of(rest, marks, zone, before) if re.sub(r"\b(?:who|that|are|is)\b", "", rest).strip() else None
        if members is None or (found is None and rest and re.sub(r"\b(?:who|that|are|is)\b", "", rest).strip()):
            return None
        return People(tuple((members, *group) for group in found.groups) if found else ((members,),))
    parts = _JOINS.split(text)
    groups: list[list[Clause]] = [[]]
    pending, last = "", before
    for number, part in enumerate([*parts[::2]]):
        join = parts[2 * number - 1] if number else "and"
        said = f"{pending} {part}".strip()
        clause = read_clause(said, marks, zone, last) if said else None
        if clause is None:
            pending = f"{said} {parts[2 * number + 1]}" if 2 * number + 1 < len(parts) else said
            continue
        pending = ""
        clause = _completed(clause, last)
        if join == "or" and groups[-1]:
            groups.append([])
        groups[-1].append(clause)
        last = clause
    said_of = [group for group in groups if group]
    if pending and " not " in text.strip() and " but not " not in text:  # "who started lesson 5 never completed it"
        return people_of(re.sub(r"(?<=\S) not ", " but not ", text.strip(), count=1), marks, zone, before)
    if pending or not said_of or any(not one.fact.person for group in said_of for one in group):
        return None
    return People(tuple(tuple(group) for group in _shared(said_of)))


def _completed(clause: Clause, before: Clause | None) -> Clause:
    """ "… completed it": the lesson of the part before."""
    if (
        before
        and clause.bare
        and clause.fact.name in _LESSONS
        and "lesson" in before.named
        and before.fact.name in _LESSONS
    ):
        return _with_lesson(clause, before)
    return clause


def _with_lesson(clause: Clause, other: Clause) -> Clause:
    at = next(n for n, told in enumerate(other.told) if told == " and ".join(m.name for m in other.named["lesson"]))
    return replace(
        clause,
        where=(*clause.where, other.where[at]),
        told=(*clause.told, other.told[at]),
        named={"lesson": other.named["lesson"]},
        bare=False,
    )


def _shared(groups: list[list[Clause]]) -> list[list[Clause]]:
    """ "Started but did not complete lesson 5": the lesson is of both; the days of one part are of a part without."""
    for group in groups:
        for at, one in enumerate(group[:-1]):
            after = group[at + 1]
            if (
                one.bare
                and one.fact.name in _LESSONS
                and after.fact.name in _LESSONS
                and "lesson" in after.named
                and one.bound is None
            ):
                group[at] = _with_lesson(one, after)
        spans = [one.span for one in group if one.span]
        if spans and len(group) > 1:
            first_has = group[0].span is not None
            for at, one in enumerate(group):
                said_once = one.fact.name not in _LESSONS and one.bare
                said_once = said_once or (at + 1 < len(group) and group[at + 1].elliptic)
                done = one.negative and one.fact.name == "completions"  # "… but has not completed it": at any time
                takes = one.span is None and bool(one.fact.day) and not done and (first_has or said_once)
                group[at] = replace(one, span=spans[0]) if takes else one
    return groups
