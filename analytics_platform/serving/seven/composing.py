"""Putting a question together: of whom which things hold, and numbers, shares, times and rows of what happened. Pure.

A question is read whole or not at all: a word that no part takes makes it no question of this room. Does not live
here: parts (``clauses``), SQL (``made``), questions that have a metric or a named query of their own (``readings``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from analytics_platform.serving.seven.clauses import Clause
from analytics_platform.serving.seven.counting import count_of_facts
from analytics_platform.serving.seven.facts import facts
from analytics_platform.serving.seven.groups import people_of
from analytics_platform.serving.seven.made import People, counted, listed, shared
from analytics_platform.serving.seven.marking import Mark, Marked
from analytics_platform.serving.seven.promises_of_time import FUTURE
from analytics_platform.serving.seven.reply import Made, Understood

# "§model0 vs §model1": things that are compared are one list.
_LISTED = re.compile(r"(§(\w+?)\d+) (?:and|vs|versus|compared(?: with| to)?|against|than) (?=§\2\d)")
_LIST = r"(?:the |list |show |names of |name |which |what |list of |see )*"
_WHO = re.compile(rf"^{_LIST}(?:all )?(?:the |our )?(?:who|whom|people)\b(?: (?:who|that|which))?|\bwho\b")
_HOW_MANY = re.compile(
    r"^(?:how many|number of|count of|count|total number of|total)(?: (?:of )?(?:the |our |all "
    r"|different |distinct |unique )*)(?:people\b)(?: (?:who|that|which|there|are|have"
    r"|has))*(?: there)?(?: (?:who|that))?"
)
_SHARE = re.compile(
    r"^(?:(?:what|which|how big|how large|how high)? ?(?:is |a |the )*)?share (?:of )?(?:the |our "
    r"|all )*(?:people|those)\b(?: (?:who|that|which))?"
)
_BOTH_WAYS = re.compile(
    r"^how many of (?:the |our |all )*(?:people|those)\b(?: (?:who|that|which))?|^(?:out )?of (?:the |all "
    r"|our )*(?:people|those)\b(?: (?:who|that))? (?P<of>.+?) (?:how many|what share"
    r"|which share)(?: of them)? (?P<did>.+)$"
)
_BY = re.compile(r"\b(?:by|in by|of by) (?:the |each )?(cohorts?)\b")
_BEGINS = ("who", "that", "also", "then", "have", "has", "had", "did")
_BEFORE_VERB = re.compile(
    r"^(?:(?:also|then|later|ever|actually|even|have|has|had|did|do|does|were|was|are|is|not|they|went on to|a|an) )*"
)
_RANKED_BY = re.compile(
    r"^(?:which|what) cohorts? (?:has|have|had)? ?(?:the )?(most|least|fewest) people\b(?: (?:who|that))?"
    r"|^cohorts? with (?:the )?(most|least|fewest) people\b(?: (?:who|that))?"
)


def compose(marked: Marked, zone: str) -> Understood | None:
    """The question put together; None where it is no such question."""
    if marked.strange or marked.is_ahead or FUTURE.search(marked.text):
        return None
    text = re.sub(r"\bnot handed over\b", "contained", marked.text)
    text = re.sub(r"\ball\b(?! (?:of )?(?:the |our )?(?:lessons|videos|questions|days|cohorts))", " ", text)
    text = re.sub(r"\s+", " ", text).strip()
    if re.search(r"\bcompared\b|\bversus\b|\bvs\b", text) and not re.search(
        r"§(\w+?)\d+ (?:and|compared|vs) §\1\d+", text
    ):
        return None
    return _people_by(text, marked.marks, zone) or count_of_facts(_LISTED.sub(r"\1 ", text), marked.marks, zone)


def _people_by(text: str, marks: Mapping[str, Mark], zone: str) -> Understood | None:
    by = rank = ""
    if ranked := _RANKED_BY.search(text):
        by, rank = "cohort", "most" if "most" in ranked.groups() else "least"
        text = "how many people " + text[ranked.end() :]
    elif grouped := _BY.search(text):
        by = "cohort"
        text = f"{text[: grouped.start()]} {text[grouped.end() :]}".strip()
    if hit := _BOTH_WAYS.match(text):
        pairs = [(hit["of"], hit["did"])] if hit["of"] else list(_cuts(text[hit.end() :]))
        for of, did in pairs:
            found = _share_of(of, did, marks, zone, by)
            if found is not None:
                return found
        return None
    if hit := _SHARE.match(text):
        for of, did in _cuts(text[hit.end() :]):
            found = _share_of(of, did, marks, zone, by)
            if found is not None:
                return found
        people = people_of(text[hit.end() :], marks, zone)
        if people is None:
            return None
        one = people.groups[0][-1]
        if len(people.groups) == 1 and one.unmarked.where != one.where and not one.negative:
            whole = People(((*people.groups[0][:-1], one.unmarked),))
            said = f"of the people with {whole.in_words}, those with {one.in_words}"
            return _told(shared(people, whole, by), said, by, simple=False)
        members = tuple(one for one in people.groups[0] if one.fact.name == "members")
        if members and len(people.groups) == 1 and len(people.groups[0]) > 1:
            whole = People((members,))
            return _told(
                shared(people, whole, by), f"of the people with {whole.in_words}: {people.in_words}", by, False
            )
        said = f"share of the people on the roster: {people.in_words}"
        return _told(shared(people, None, by), said, by, simple=_is_simple(people))
    how_many = _HOW_MANY.match(text)
    hit = how_many or (None if by else _WHO.match(text))
    if hit is None:
        return None
    people = people_of(text[hit.end() :], marks, zone)
    if people is None:
        return None
    simple = _is_simple(people)
    on_roster = ", of the people on the roster" if people.only_negative else ""
    if how_many:
        limit = 1 if rank else 1000
        return _told(counted(people, by, rank, limit), f"how many people: {people.in_words}{on_roster}", by, simple)
    return _told(listed(people), f"people: {people.in_words}{on_roster}", "", simple)


def _told(made: Made, said: str, by: str, simple: bool) -> Understood:
    return Understood(made, said + (f", by {by}" if by else ""), missing=f"Nobody: {said}.", simple=simple)


def _share_of(of: str, did: str, marks: Mapping[str, Mark], zone: str, by: str = "") -> Understood | None:
    whole = people_of(of, marks, zone)
    verb = _BEFORE_VERB.sub("", did)
    is_verb = not re.match(r"§|(?:at(?! risk)|in|on|for|with|by|to|right|wrong|first)\b", verb)
    own = whole is not None and is_verb and any(fact.names.match(verb) for fact in facts().values())
    part = people_of(did, marks, zone, whole.groups[0][-1]) if whole and own else None
    if whole is None or part is None or whole.only_negative:
        return None
    part = People(tuple(tuple(_about_the_same(one, whole.groups[0][-1]) for one in group) for group in part.groups))
    of_them = (
        replace(part, groups=tuple((*group, *whole.groups[0]) for group in part.groups))
        if len(whole.groups) == 1
        else part
    )
    said = f"of the people with {whole.in_words}, those with {part.in_words}"
    return _told(shared(of_them, whole, by), said, by, simple=False)


def _about_the_same(clause: Clause, whole: Clause) -> Clause:
    """ "Of those who got this question wrong, how many got it right": the question is the same."""
    if clause.fact is not whole.fact or clause.named or not whole.named:
        return clause
    places = [whole.told.index(" and ".join(mark.name for mark in marks)) for marks in whole.named.values()]
    return replace(
        clause,
        where=(*clause.where, *(whole.where[at] for at in places)),
        told=(*clause.told, *(whole.told[at] for at in places)),
        named=whole.named,
    )


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    """Every way to cut the words in two; a part has words of its own. Where a clause begins is the likeliest place."""
    words = text.split()
    places = sorted(range(len(words) - 1, 0, -1), key=lambda at: words[at] not in _BEGINS)
    for at in places:
        yield " ".join(words[:at]), re.sub(r"^(?:and|also|who|that) ", "", " ".join(words[at:]))


def _is_simple(people: People) -> bool:
    """One clause that a list or a metric of its own may answer."""
    clauses = [one for group in people.groups for one in group]
    one = clauses[0]
    known = one.bare or set(one.named) <= {"lesson", "cohort"} or one.fact.name == "at risk"
    counted = one.bound is None or (not one.measure and not one.bound.bound.unit and one.fact.name != "completions")  # type: ignore[union-attr]
    return (
        len(clauses) == 1
        and not one.counts
        and one.fact.name != "course"
        and counted
        and known
        and not (one.flags and set(one.flags) - {"on time", "late"})
        and not (one.negative and one.fact.name == "completions")
    )
