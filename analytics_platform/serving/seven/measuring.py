"""A number of one kind of thing, once its words are taken: sums, averages, shares, ratios. Pure.

Does not live here: which kind of thing it is and by what it is counted (``loosely``), SQL (``made``).
"""

import re
from dataclasses import replace

from analytics_platform.serving.seven.counting import SECONDS
from analytics_platform.serving.seven.facts import Measure
from analytics_platform.serving.seven.made import MOST, Asked, numbers, rows
from analytics_platform.serving.seven.reply import Made, Understood
from analytics_platform.serving.seven.shapes import DIMENSIONS
from analytics_platform.serving.seven.taking import Taken
from analytics_platform.serving.seven.wishes import Wish

# Numbers that are no amounts: "the most" of them is the highest.
_LEVELS = ("rating", "score", "deviation", "discrimination", "cpu", "memory", "disk", "cache hit rate", "latency")


def share_of(wish: Wish, taken: Taken, asked: Asked) -> Understood | None:
    if taken.share:
        return told(numbers(replace(asked, expression=taken.share, unit="share")), wish, taken)
    if taken.measure is not None:
        return measured(replace(wish, aggregate=""), taken, asked, taken.measure) if _is_share(taken.measure) else None
    held = tuple(part for part in taken.clause.where if part in taken.held)
    if not held and not wish.by:
        return None
    rest = replace(taken.clause, where=tuple(part for part in taken.clause.where if part not in held))
    if taken.clause.fact.count != "count(*)":
        return None
    return told(numbers(replace(asked, clause=rest, aggregate="share", share_of=held)), wish, taken)


def ratio_of(wish: Wish, taken: Taken, asked: Asked) -> Understood | None:
    """ "Cost per 1,000 tokens", "errors per 100 messages": a sum or a number over another of the same rows."""
    many, unit = wish.over
    clause, fact = taken.clause, taken.clause.fact
    below = next((f"sum({one.expression})" for one in fact.measures if one.words.fullmatch(unit)), "")
    noun = next((name for name, words in DIMENSIONS.items() if re.fullmatch(words, unit)), "")
    if not below and fact.names.fullmatch(unit):
        below = fact.count
    elif not below:
        below = f"count(distinct {fact.units[noun]})" if noun in fact.units else ""
    held = tuple(part for part in clause.where if part in taken.held)
    above = f"sum({taken.measure.expression})" if taken.measure else taken.total or fact.count
    if held and taken.measure is None and fact.count == "count(*)":
        above = f"count(case when {' and '.join(held)} then 1 end)"
        clause = replace(clause, where=tuple(part for part in clause.where if part not in held))
    if not below or above == below or clause.bound or wish.people or wish.who:
        return None
    money = taken.measure is not None and taken.measure.unit == "money"
    over = f"{above} * {many}.0 / nullif({below}, 0)"
    made = numbers(replace(asked, clause=clause, expression=over, unit="money" if money else "", money=money))
    understood = told(made, replace(wish, counts=taken.measure is None), taken)
    return replace(understood, reading=f"{understood.reading}, for every {many:,} {unit}")


def measured(wish: Wish, taken: Taken, asked: Asked, measure: Measure) -> Understood | None:
    if wish.rank_word in ("hardest", "easiest"):
        if not measure.name.startswith("right"):
            return None
        rank = "least" if wish.rank_word == "hardest" else "most"
        if not asked.by and "question" in taken.clause.fact.by:
            asked = replace(asked, by=(("question", taken.clause.fact.by["question"]),))
        wish, asked = replace(wish, rank=rank, rank_word=""), replace(asked, rank=rank)
    if wish.counts and not wish.aggregate and measure.name in ("rating", "score"):
        return None  # how many ratings: the rows, and not a sum of stars
    clause, sums = taken.clause, measure.unit == "money" or "token" in measure.name
    bare = clause.fact.is_table or clause.fact.name in ("videos known", "lessons") or wish.and_when
    if not asked.by and not wish.counts and not wish.aggregate and (wish.rank or clause.bound or bare):
        bounded = replace(clause, measure=measure) if clause.bound else clause
        limit = 1 if wish.rank and wish.limit == MOST else wish.limit
        peak = (
            clause.fact.peaks.get(measure.expression, measure.expression) if wish.rank == "most" else measure.expression
        )
        ranked = replace(asked, clause=bounded, expression=peak, unit=measure.unit, limit=limit)
        return told(rows(ranked), wish, taken)
    if wish.counts and clause.bound:  # "how many sessions are longer than …"
        return told(numbers(replace(asked, clause=replace(clause, measure=measure))), wish, taken)
    most = wish.rank_word in ("most", "least", "fewest", "top") and measure.name not in _LEVELS
    summed = sums or wish.counts or wish.aggregate == "total" or most
    aggregate = wish.aggregate or ("total" if summed and not _is_share(measure) else "average")
    expression, unit = measure.expression, measure.unit
    scale = next((word for word in SECONDS if re.search(rf"\b{word}\b", wish.text)), "") if unit == "seconds" else ""
    if scale:
        expression, unit = f"({expression}) / {float(SECONDS[scale])}", ""
        taken = replace(taken, measure=replace(measure, name=f"{measure.name} in {scale}"))
    if wish.rank and not asked.by:
        aggregate = wish.rank
        expression = clause.fact.peaks.get(expression, expression) if wish.rank == "most" else expression
        asked = replace(asked, rank="")
    elif wish.when or (wish.rank and taken.text_had_peak and not wish.aggregate):
        aggregate, expression = (
            ("most" if wish.rank == "most" else "least"),
            clause.fact.peaks.get(expression, expression),
        )
    return told(numbers(replace(asked, aggregate=aggregate, expression=expression, unit=unit,
                                 money=measure.unit == "money", measured=True)), wish, taken)  # fmt: skip


def _is_share(measure: Measure) -> bool:
    return measure.unit == "share" or measure.name.endswith("rate")


def told(made: Made, wish: Wish, taken: Taken) -> Understood:
    number = f"{taken.measure.name} of " if taken.measure else f"{taken.total_name}: " if taken.total_name else ""
    what = "people: " if wish.people or (wish.who and not wish.by) else ""
    aggregate = (
        f"{wish.aggregate.replace('p0.', 'p')} " if wish.aggregate else "number of " if wish.counts and not what else ""
    )
    different = f"different {wish.distinct}s: " if wish.distinct else ""
    said = f"{'how many ' if wish.people else ''}{what}{aggregate}{different}{number}{taken.clause.in_words}"
    said += f", by {' and '.join(wish.by)}" if wish.by else ""
    place = f"place {wish.place}, " if wish.place > 1 else ""
    said += f", {place}{wish.rank} first" if wish.rank else f", {wish.early}" if wish.early else ""
    return Understood(made, said.strip(), missing=f"There is none: {said.strip()}.")
