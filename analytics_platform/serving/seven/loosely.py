"""A question read word by word, in any order: every word belongs to what is wanted or to one kind of thing. Pure.

The last reader: it is asked where no other reads the question. A word that it cannot place makes it no reading, and the
kind of thing that left the fewest words says which. Does not live here: what is wanted (``wishes``), one kind of thing
and the words that it takes (``taking``), SQL (``made``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analytics_platform.serving.seven.categories import Categories
from analytics_platform.serving.seven.clauses import hour_of
from analytics_platform.serving.seven.facts import Fact, all_facts
from analytics_platform.serving.seven.made import MOST, Asked, People, counted, listed, numbers, rows
from analytics_platform.serving.seven.marking import Mark, Marked
from analytics_platform.serving.seven.measuring import measured, ratio_of, share_of, told
from analytics_platform.serving.seven.promises_of_time import FUTURE, asks_why_no_forecast
from analytics_platform.serving.seven.reply import Understood
from analytics_platform.serving.seven.spans import Span
from analytics_platform.serving.seven.taking import Taken, taken_of
from analytics_platform.serving.seven.thresholds import Bound
from analytics_platform.serving.seven.wishes import Wish, wishes_of

_EXACTLY = re.compile(
    r"\b(rating|rated|rate|score|scored)s?(?: of| with| as| a| at| is| was)* (\d(?:\.\d)?)(?= |$)|\b(\d) (stars?)\b"
)


@dataclass(frozen=True)
class Loose:
    """A reading, or the words that no kind of thing could place."""

    understood: Understood | None = None
    strange: tuple[str, ...] = ()
    is_better: bool = False  # it has a group, a spread or a place that no other reader knows


def read_loosely(marked: Marked, zone: str, categories: Categories) -> Loose:
    text = _exactly(marked)
    hidden = marked.is_ahead or FUTURE.search(marked.text) or re.search(r"\b(?:why|how come)\b", marked.text)
    if marked.strange or (hidden and not asks_why_no_forecast(marked.text)):
        return Loose()
    best: tuple[float, Understood, str, bool] | None = None
    others: set[str] = set()
    strange: tuple[str, ...] = ()
    for wish in wishes_of(text):
        for fact in all_facts().values():
            for taken in taken_of(wish, fact, marked.marks, zone, categories):
                if taken.strange:
                    if not taken.is_foreign and (not strange or len(taken.strange) < len(strange)):
                        strange = taken.strange
                    continue
                made = _made(wish, taken, zone, marked.marks)
                if made is None:
                    continue
                score = (
                    taken.score
                    + 4 * bool(wish.by)
                    + (fact.each in wish.by or (bool(fact.each) and wish.text.startswith(fact.each)))
                )
                if best is None or score > best[0]:
                    headed = taken.clause.bound is not None and (wish.by != wish.grouped or bool(fact.each))
                    best, others = (score, made, fact.name, headed or wish.spread or wish.place > 1), set()
                elif score == best[0] and fact.name != best[2]:
                    others.add(fact.name)
    if best is None:
        return Loose(strange=strange)
    return Loose() if others else Loose(best[1], is_better=best[3])


def _exactly(marked: Marked) -> str:
    """ "A rating of 5", "5 stars": as a bound."""
    hit = _EXACTLY.search(marked.text)
    if hit is None:
        return marked.text
    number = hit[2] or hit[3]
    marked.put(hit.start(), hit.end(), Mark("bound", name=f"exactly {number}", bound=Bound("exactly", float(number))))
    return marked.text.replace("§bound", f"{hit[1] or hit[4]} §bound", 1)


def _made(wish: Wish, taken: Taken, zone: str, marks: Mapping[str, Mark]) -> Understood | None:
    """The query; None where this kind of thing has no such number, group or list."""
    clause, fact = taken.clause, taken.clause.fact
    if wish.people and taken.measure and (taken.measure.name.endswith("people") or not fact.person):
        wish = replace(wish, people=False, counts=True)
    if fact.is_table and wish.early == "last" and not fact.at:
        wish = replace(wish, early="", when=False)  # "when did the last events come in": its rows say it
    by = [(name, group_of(fact, name, zone)) for name in wish.by]
    if wish.spread and not by and (taken.measure is None or taken.measure.unit):
        return None
    if wish.spread and taken.measure is not None and not taken.measure.unit:
        by, taken = [(taken.measure.name, taken.measure.expression)], replace(taken, measure=None)
        wish = replace(wish, by=(by[0][0],), ascending=True)
    per = ""
    if wish.aggregate in ("average", "median") and taken.measure is None and by:
        for name, _ in by:  # "average number of messages by conversation": of each
            unit = fact.units.get(name) or (fact.day if name == "day" else "")
            if unit and not per and name in wish.grouped:
                per, by = unit, [one for one in by if one[0] != name]
    if taken.measure and not (per or wish.over[0]):  # "cost per conversation" of messages: a sum over conversations
        unit = next(
            (name for name, expression in by if not expression and name in fact.units and name in wish.grouped), ""
        )
        by = [one for one in by if one[0] != unit]
        wish = replace(wish, over=(1, unit)) if unit else wish
    if any(not expression for _, expression in by) or fact.grain not in ("", *wish.by, _length(taken)):
        return None
    by += [(kind, fact.by[kind]) for kind in taken.compared if kind in fact.by and kind not in wish.by]
    if "weekend" in taken.compared:
        by.append(("kind of day", f"case when isodow({fact.day}) in (6, 7) then 'weekend' else 'weekday' end"))
    if spans := [marks[one].span for one in taken.compared if one in marks]:
        by.append(("period", _periods(fact, spans)))
        taken = replace(taken, clause=replace(clause, where=(*clause.where, f"{by[-1][1]} is not null")))
        wish = replace(wish, by=(*wish.by, "period"))
        clause = taken.clause
    asked = Asked(clause, by=tuple(by), rank=wish.rank, limit=wish.limit, place=wish.place, ascending=wish.ascending)
    if fact.is_table and fact.name == "retention" and wish.aggregate == "share" and not by:
        return told(rows(asked), wish, taken)
    if wish.aggregate == "share" and clause.bound and clause.bound.bound and taken.measure and fact.count == "count(*)":
        held = f"{taken.measure.expression} {clause.bound.bound.sql}"  # "what share of conversations is longer than …"
        clause = replace(clause, where=(*clause.where, held), told=(*clause.told, clause.bound.name), bound=None)
        taken = replace(taken, clause=clause, measure=None, held=(held,))
        asked = replace(asked, clause=clause)
    if (wish.early and wish.people) or (clause.bound and wish.aggregate == "share"):
        return None
    if clause.bound and taken.measure is None and not (by or wish.who or wish.people):
        return None  # a bound on how many needs something that it is counted by
    if wish.which and not by and (wish.aggregate or wish.counts):
        return None
    if wish.aggregate == "share" and set(wish.by) - set(wish.grouped) and not wish.which and not wish.rank:
        return None  # "what share of viewers …": of the viewers, and not by viewer
    if fact.each in wish.by and taken.measure is None and not taken.total and not wish.aggregate:
        asked, by = replace(asked, by=()), []
    if wish.when and not wish.rank and fact.is_table and fact.day and not fact.at and not by:
        return told(rows(asked), wish, taken)
    if wish.when and not wish.rank:
        if not fact.at or wish.by:
            return None
        return told(numbers(replace(asked, aggregate=wish.early or "first", expression=fact.at)), wish, taken)
    if wish.when:
        asked = replace(asked, by=(("day", fact.day),), limit=1 if wish.limit == MOST else wish.limit)
        if not fact.day:
            return None
    if wish.who and not wish.by:
        return _people(wish, taken)
    if per and per == fact.day and fact.person and (wish.people or re.match(r"(?:active )?people\b", wish.text)):
        people = f"count(distinct concat(cast({fact.day} as varchar), {fact.person}))"
        return told(numbers(replace(asked, per=per, expression=people)), wish, taken)
    if wish.people:
        return _how_many(wish, taken, asked)
    if wish.distinct:
        column = fact.units.get(wish.distinct) or fact.by.get(wish.distinct, "")
        return told(numbers(replace(asked, aggregate="distinct", expression=column)), wish, taken) if column else None
    if wish.early and by:
        rank = "" if wish.by == wish.grouped else "least" if wish.early == "first" else "most"
        limit = 1 if rank and wish.limit == MOST else wish.limit
        ranked = replace(asked, aggregate=wish.early, expression=fact.at, rank=rank, limit=limit)
        return told(numbers(ranked), wish, taken) if fact.at and not wish.rank else None
    if wish.early and not wish.rank:
        return told(rows(replace(asked, aggregate=wish.early)), wish, taken) if fact.at and not by else None
    if clause.negative:
        return None
    compares = taken.compared and re.search(r"\b(?:more|less)\b.* than\b", wish.text) and taken.held
    if (wish.aggregate == "share" and not wish.over[0]) or (
        compares and not wish.counts and not wish.aggregate and taken.measure is None
    ):
        return share_of(wish, taken, asked)
    if wish.over[0]:
        return ratio_of(wish, taken, asked)
    if taken.total:
        if wish.aggregate.startswith("p0") or wish.aggregate == "median":
            return None
        if wish.rank and not by:
            peak = fact.peaks.get("avg") if wish.rank == "most" else ""
            return told(numbers(replace(asked, expression=peak, rank="")), wish, taken) if peak else None
        return told(numbers(replace(asked, expression=taken.total, unit=taken.unit)), wish, taken)
    if taken.measure is not None:
        return measured(wish, taken, asked, taken.measure)
    if per:
        return told(numbers(replace(asked, per=per, aggregate=wish.aggregate)), wish, taken)
    if wish.aggregate in ("median", "average") or wish.aggregate.startswith("p0"):
        return None
    if wish.rank and not (by or asked.by):
        return None  # a rank of nothing: "tries for the hardest question"
    if by or asked.by or wish.counts or wish.aggregate == "total":
        return None if fact.is_table and (not by or fact.count == "count(*)") else told(numbers(asked), wish, taken)
    return None if wish.rank else told(rows(asked), wish, taken)


def _periods(fact: Fact, spans: Sequence[Span | None]) -> str:
    """In which of the spans a day is; NULL outside."""
    cases = (f"when {fact.day} >= date '{one.start}' and {fact.day} <= date '{one.end}' then '{one.start} to {one.end}'"
             for one in spans if one and one.start and one.end)  # fmt: skip
    return f"case {' '.join(cases)} end"


def group_of(fact: Fact, name: str, zone: str) -> str:
    if name in ("week", "month") and fact.day:
        return f"cast(date_trunc('{name}', {fact.day}) as date)"
    if name == "weekday" and fact.day:
        return f"strftime({fact.day}, '%A')"
    if name == "day" and fact.day:
        return fact.day
    if name == "hour" and fact.has_hours:
        return hour_of(fact, zone)
    return fact.by.get(name, "")


def _length(taken: Taken) -> str:
    span = taken.clause.span.span if taken.clause.span else None
    if span is None or span.start is None or span.end is None:
        return "none"
    return "day" if span.start == span.end else "week" if (span.end - span.start).days == 6 else "none"


def _people(wish: Wish, taken: Taken) -> Understood | None:
    clause = taken.clause
    if not clause.fact.person or wish.aggregate or wish.rank or wish.early:
        return None
    bound = clause.bound.bound if clause.bound else None
    if bound and taken.measure:
        clause = replace(clause, measure=taken.measure)
    elif taken.measure or (bound and bound.unit == "days" and not clause.fact.day):
        return None
    return told(listed(People(((clause,),))), wish, taken)


def _how_many(wish: Wish, taken: Taken, asked: Asked) -> Understood | None:
    clause, fact = taken.clause, taken.clause.fact
    if not fact.person or wish.aggregate:
        return None
    if clause.bound and taken.measure:
        clause = replace(clause, measure=taken.measure)
    if clause.bound or clause.negative:
        names = [name for name, _ in asked.by]
        if names not in ([], ["cohort"]):
            return None
        return told(counted(People(((clause,),)), "cohort" if names else "", wish.rank, wish.limit), wish, taken)
    return told(numbers(replace(asked, expression=f"count(distinct {fact.person})")), wish, taken)
