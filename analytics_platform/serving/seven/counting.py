"""Numbers, shares, times and rows of one kind of thing: by what, of whose, in which order. Pure.

Does not live here: people of whom several things hold (``groups``), SQL (``made``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from analytics_platform.serving.seven.clauses import Clause, hour_of, read_clause
from analytics_platform.serving.seven.facts import Fact, facts
from analytics_platform.serving.seven.groups import people_of
from analytics_platform.serving.seven.made import MOST, Asked, People, compared, numbers, rows
from analytics_platform.serving.seven.marking import Mark
from analytics_platform.serving.seven.reply import Understood
from analytics_platform.serving.seven.shapes import Shape, shapes_of

_OF = re.compile(
    r"\b(?:of|by|from|did|do|does|have|has|for|among|in|with)(?: all)?(?: the| those| our)? people (?=who"
    r"|that|at risk|on the roster|in §|with )(?:who |that )?"
)
_THAN_REST = re.compile(
    r"^(?:do|does|did|have|are) (?:the )?(?:people who "
    r"|people that )?(?P<who>.+?)(?: people)? (?P<did>(?:completed|started|answers?|answered|watched"
    r"|watch) .*?)(?:more|fewer|less)(?P<what>.*?) than (?:the |those |people )*(?:who|rest|others?|not|that).*$"
)
_SPLITS = re.compile(
    r"\b(?:is|are|was|were|that|which|in|goe?s?|went|gets?|got|had|has|have|contain\w*|mention\w*|comes?"
    r"|came|to|used?|end\w*|fail\w*)\b"
)
_RELATIVE = re.compile(r"\b(?:that|which) (?=\w)")  # "answers in lesson 2 that are positive": of those in lesson 2
SECONDS = {"minutes": 60, "hours": 3600, "milliseconds": 0.001, "ms": 0.001}  # units that a time may be asked in


Way = tuple[int, Asked, str]


def count_of_facts(text: str, marks: Mapping[str, Mark], zone: str) -> Understood | None:
    """The question about one kind of thing; None where it is none."""
    for said, of in _relative(text, marks, zone):
        for reading in shapes_of(said):
            found = list(_answers(reading, marks, zone, of))
            if (
                len(found) > 1
                and reading.nameless
                and not reading.distinct
                and not re.search(r"§(?:question|topic|app)", said)
            ):
                return None  # "the most common language": of answers, or of conversations
            if found:
                return max(found, key=lambda one: one[0])[1]
    if hit := _THAN_REST.match(text):
        people = people_of(hit["who"], marks, zone)
        clause = read_clause(f"{hit['did']} {hit['what']}", marks, zone)
        if people and clause and clause.bare and not clause.negative and clause.fact.person:
            return Understood(
                compared(people, clause),
                f"{clause.fact.said} by person, of people with {people.in_words} and of the others",
            )
    return None


def _relative(text: str, marks: Mapping[str, Mark], zone: str) -> Iterator[tuple[str, People | None]]:
    """The text, and the text without "of people who …" and these people."""
    yield text, None
    if hit := _OF.search(text):
        words = text[hit.end() :].split()
        for at in range(len(words), 0, -1):
            of = people_of(" ".join(words[:at]), marks, zone)
            if of is not None:
                yield f"{text[: hit.start()]} {' '.join(words[at:])}".strip(), of


def _answers(one: Shape, marks: Mapping[str, Mark], zone: str, of: People | None) -> Iterator[tuple[int, Understood]]:
    for fact in [facts()[one.only]] if one.only else facts().values():
        for score, asked, said in _asked(one, fact, marks, zone):
            if of is not None and not fact.person:
                continue
            asked = replace(asked, of=of)
            told = f"{said} {asked.clause.in_words}" + (f", of people with {of.in_words}" if of else "")
            told += f", by {' and '.join(name for name, _ in asked.by)}" if asked.by else ""
            told += f", {asked.rank} first" if asked.rank else ""
            as_rows = one.rows and not asked.by and not asked.measured and (not fact.peaks or not asked.expression)
            made = rows(asked) if as_rows else numbers(asked)
            clause = asked.clause
            special = {"topic", "intent", "question", "words", "language"} & set(clause.named)
            grouped = bool(asked.by) and (bool(clause.flags) or asked.aggregate == "share")
            plain = (
                one.plain
                and of is None
                and not (clause.bound and clause.measure)
                and not grouped
                and len(clause.flags) + len(special) < 2
                and not {"question", "words"} & special
            )
            yield score, Understood(made, told.strip(), missing=f"There is none: {told.strip()}.", simple=plain)


def _asked(one: Shape, fact: Fact, marks: Mapping[str, Mark], zone: str) -> Iterator[Way]:
    """Every way in which this fact answers, with how much of the text it explains and what it is called."""
    if fact.is_table:
        first, *others = (
            re.split(r"\b(?:but|and)\b(?=.*§bound)", one.text) if one.text.count("§bound") > 1 else [one.text]
        )
        clause = _clause(fact, first, marks, zone)
        for part in others:  # "fewer than 70 % right at first, but more than 75 % in the end"
            other = _clause(fact, part, marks, zone, named=False)
            bound = other.bound.bound if other and other.bound else None
            if clause is None or other is None or other.measure is None or bound is None:
                return
            clause = replace(clause, where=(*clause.where, f"{other.measure.expression} {bound.sql}"))
        if clause is not None and one.aggregate in ("count", "share") and not one.rank and set(one.by) <= set(fact.by):
            one.rows = True
            yield clause.score + 2, Asked(clause), ""
        return
    base = _base(one, fact, marks, zone)
    if base is None:
        return
    if one.distinct:
        column = fact.units.get(one.distinct) or fact.by.get(one.distinct)
        clause = _clause(fact, one.text, marks, zone, named=not one.nameless) if column and not one.people else None
        if clause is not None and column:
            found = replace(base, clause=clause, aggregate="distinct", expression=column)
            yield clause.score, found, f"number of different {one.distinct}s:"
        return
    if one.aggregate in ("first", "last"):
        if fact.at and (clause := _clause(fact, one.text, marks, zone)):
            expression = "" if one.rows else fact.at
            yield (
                clause.score,
                replace(base, clause=clause, aggregate=one.aggregate, expression=expression),
                one.aggregate,
            )
        return
    yield from _known(one, fact, marks, zone, base)
    if one.aggregate == "share":
        yield from _shares(one, fact, marks, zone, base)
        return
    if not one.people:
        yield from _of_measures(one, fact, marks, zone, base)
    if one.aggregate == "count" or (one.aggregate == "average" and one.per):
        clause = _clause(fact, one.text, marks, zone, named=not one.nameless)
        if clause is not None:
            expression = f"count(distinct {fact.person})" if one.people else ""
            said = "average number of" if one.per else "people:" if one.people else "" if one.rows else "number of"
            yield clause.score, replace(base, clause=clause, expression=expression), said


def _base(one: Shape, fact: Fact, marks: Mapping[str, Mark], zone: str) -> Asked | None:
    """What it is counted by; several values of one kind are compared with each other."""
    by = [(name, _by(fact, name, zone)) for name in one.by]
    per = fact.units.get(one.per) or fact.by.get(one.per) or (fact.day if one.per == "day" else "") if one.per else ""
    if any(not expression for _, expression in by) or (one.per and not per) or (one.people and not fact.person):
        return None
    kinds = [mark.kind for mark in marks.values()]
    several = [kind for kind in fact.values if kind in fact.by and kinds.count(kind) > 1 and kind not in one.by]
    by += [(kind, fact.by[kind]) for kind in several if not one.rows]
    return Asked(Clause(fact), by=tuple(by), rank=one.rank, limit=one.limit, per=per)


def _known(one: Shape, fact: Fact, marks: Mapping[str, Mark], zone: str, base: Asked) -> Iterator[Way]:
    """Numbers of marts that hold sums: requests and their errors."""
    for chapter, aggregates in (
        (fact.shares, ("share",)),
        (fact.totals, ("average", "count", "most", "least", "p0.95")),
        (fact.counts, ("count",)),
    ):
        for name, (words, sql) in chapter.items():
            fits = one.aggregate in aggregates and words.search(one.text) and fact.names.search(one.text)
            if not fits or (one.rows and not one.by):
                continue
            clause = _clause(fact, words.sub(" ", one.text), marks, zone, named=False)
            if clause is not None:
                unit = "share" if chapter is fact.shares else ""
                yield clause.score + 3, replace(base, clause=clause, expression=sql, unit=unit), f"{name}:"


def _of_measures(one: Shape, fact: Fact, marks: Mapping[str, Mark], zone: str, base: Asked) -> Iterator[Way]:
    for measure in fact.measures:
        hit = measure.words.search(one.text)
        if not hit or not fact.names.search(one.text) or ("§bound" in one.text and one.aggregate == "count"):
            continue
        if one.aggregate == "count" and (measure.name == "rating" or (one.rows and fact.name in ("answers", "views"))):
            continue  # how many ratings, which answers
        clause = _clause(fact, measure.words.sub(" ", one.text), marks, zone, named=False)
        if clause is None:
            continue
        spent = measure.unit == "seconds" and re.search(r"\bspen[dt]\b", one.text)
        sums = measure.unit == "money" or "token" in measure.name or bool(spent)
        aggregate = one.aggregate if one.aggregate != "count" else "total" if sums or one.counted else "average"
        if one.rank and one.aggregate == "count":
            aggregate = "total" if sums else "average"
        unit, expression = measure.unit, measure.expression
        name = measure.name
        scale = next((word for word in SECONDS if word in one.text.split()), "")
        if unit == "seconds" and scale:
            unit, expression, name = "", f"({expression}) / {float(SECONDS[scale])}", f"{name} in {scale}"
        found = replace(base, clause=clause, unit=unit)
        if one.per and fact.names.fullmatch(hit[0]) and measure.unit == "":
            found, aggregate = replace(found, per=""), "average"  # "how many attempts do people need": of each row
        elif one.per:
            aggregate, expression = "count", f"sum({expression})"
        if aggregate in ("most", "least"):
            expression = fact.peaks.get(expression, expression) if aggregate == "most" else expression
            if not (one.rows and fact.peaks):
                found = replace(found, rank=aggregate, limit=one.limit if one.limit != MOST else 1)
        else:
            found = replace(found, money=measure.unit == "money", measured=True)
        found = replace(found, aggregate=aggregate, expression=expression)
        said = "average" if one.per else aggregate
        yield clause.score + 2 * len(hit[0].split()), found, f"{said} {name} of"


def _clause(fact: Fact, text: str, marks: Mapping[str, Mark], zone: str, named: bool = True) -> Clause | None:
    """The words as conditions of this fact; negative parts are questions about people."""
    if named and not fact.names.search(text):
        return None
    text = (
        re.sub(r"\b(?:in |by )?(?:seconds|minutes|hours|milliseconds|ms|%|share)\s*$", " ", text)
        if fact.measures
        else text
    )
    clause = read_clause(text, marks, zone, only=fact)
    return None if clause is None or clause.negative else clause


def _by(fact: Fact, name: str, zone: str) -> str:
    if name in ("week", "month") and fact.day:
        return f"cast(date_trunc('{name}', {fact.day}) as date)"
    if name == "weekday" and fact.day:
        return f"strftime({fact.day}, '%A')"
    if name == "hour" and fact.has_hours:
        return hour_of(fact, zone)
    return fact.by.get(name, "")


def _shares(one: Shape, fact: Fact, marks: Mapping[str, Mark], zone: str, base: Asked) -> Iterator[Way]:
    """What of the conditions stands after the verb is of the share; what stands before it is of the whole."""
    clause = _clause(fact, one.text, marks, zone, named=not one.nameless)
    if clause is None or clause.bound:
        return
    hit = fact.names.search(one.text)
    cut = (_RELATIVE.search(one.text, hit.end()) or _SPLITS.search(one.text, hit.end())) if hit else None
    whole = read_clause(one.text[: cut.start()], marks, zone, only=fact) if cut else None
    held = tuple(part for part in clause.where if whole is None or part not in whole.where)
    if one.nameless:
        held = ()
    elif clause.flags and (not held or whole is None):
        held = clause.where[: len(clause.flags)]
    held = tuple(
        part for part in held if part not in [fact.flags[name][0] for name in fact.scopes if name in fact.flags]
    )
    if not held and not one.by:
        return
    rest = tuple(part for part in clause.where if part not in held)
    with_what = ", ".join(said for said, part in zip(clause.told, clause.where, strict=True) if part in held)
    told = f"share of {fact.said} with {with_what}:" if held else f"share of {fact.said}:"
    yield clause.score, replace(base, clause=replace(clause, where=rest), aggregate="share", share_of=held), told
