"""SQL of a question that was put together: people of whom several things hold, numbers and rows of one fact. Pure.

Does not live here: which question it is (``composing``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics_platform.serving.seven.clauses import Clause
from analytics_platform.serving.seven.reply import Made

MOST = 1000
_AGGREGATES = {
    "average": "avg({0})", "median": "median({0})", "total": "sum({0})", "most": "max({0})", "least": "min({0})",
}  # fmt: skip


@dataclass(frozen=True)
class People:
    """People of whom clauses hold: all of a group, any of the groups. ``of`` is what a share is over."""

    groups: tuple[tuple[Clause, ...], ...]

    @property
    def in_words(self) -> str:
        return "; or ".join("; and ".join(one.in_words for one in group) for group in self.groups)

    @property
    def only_negative(self) -> bool:
        done = [one for group in self.groups for one in group if one.fact.name != "members"]
        return bool(done) and all(one.negative for one in done)

    def condition(self, column: str = "users.person_id") -> str:
        """Of a column that holds a person; who did none of it is looked for on the roster."""
        either = " or ".join(
            "(" + " and ".join(f"{column} {'not ' if one.negative else ''}in ({_ids(one)})" for one in group) + ")"
            for group in self.groups
        )
        return f"({either})"


def _ids(clause: Clause) -> str:
    """The people of a clause; a bound on how many is a HAVING, one on a number of each row a WHERE."""
    fact, where, having = clause.fact, clause.conditions, ""
    bound = clause.bound.bound if clause.bound else None
    if bound and clause.measure:
        where = [*where, f"{clause.measure.expression} {bound.sql}"]
    elif bound:
        counted = f"count(distinct {fact.day})" if bound.unit == "days" else clause.counts or "count(*)"
        having = f" group by {fact.person} having {counted} {bound.sql}"
    return f"select {fact.person} from {fact.source}{_where([*where, f'{fact.person} is not null'])}{having}"


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""


def _of_everybody(people: People) -> str:
    where = [people.condition()] + (["users.is_on_roster"] if people.only_negative else [])
    return " and ".join(where)


def listed(people: People) -> Made:
    clauses = [one for group in people.groups for one in group]
    where = f"where {_of_everybody(people)} order by"
    if len(people.groups) == 1 and any(one.fact.name == "at risk" and not one.negative for one in clauses):
        more = "risk.days_silent, risk.last_local_day, risk.open_lesson_number, risk.open_lesson_name"
        sql = (f"select users.person_id, users.full_name, users.cohort, {more} from users left join"
        f" at_risk_learners as "
               f"risk on risk.person_id = users.person_id {where} risk.days_silent desc, users.person_id")  # fmt: skip
        return Made(sql, "full_name")
    return Made(f"select person_id, full_name, cohort from users {where} full_name, person_id", "full_name")


def counted(people: People, by: str = "", rank: str = "", limit: int = MOST) -> Made:
    where = _of_everybody(people)
    if not by:
        return Made(f"select count(*) as people from users where {where}", counted="people")
    order = "people" if rank == "least" else "people desc"
    sql = f"select {by}, count(*) as people from users where {where}{f' and {by} is not null' if rank else ''}"
    return Made(f"{sql} group by {by} order by {order}, {by} limit {limit}", by, "people", of_each=True)


def shared(people: People, of: People | None, by: str = "") -> Made:
    """Of whom ``of`` holds, ``people`` hold; without it, of the roster."""
    base = of.condition() if of else "users.is_on_roster"
    counts = f"sum(case when {people.condition()} then 1 else 0 end)"
    share = f"{counts} as people, count(*) as people_of_all, {counts} * 1.0 / nullif(count(*), 0) as share"
    group = f"{by}, " if by else ""
    sql = f"select {group}{share} from users where {base}" + (f" group by {by} order by share desc" if by else "")
    return Made(sql, by, "share", "share", bool(by))


@dataclass(frozen=True)
class Asked:
    """What of a fact is asked for: an aggregate of a number, by what, in which order, how many rows."""

    clause: Clause
    aggregate: str = "count"  # count, distinct, share, row, first, last, or one of a measure; p95 is p0.95
    expression: str = ""
    unit: str = ""
    by: tuple[tuple[str, str], ...] = ()  # (name, expression)
    rank: str = ""
    limit: int = MOST
    of: People | None = None  # whose facts
    money: bool = False
    share_of: tuple[str, ...] = ()  # conditions of the numerator
    per: str = ""  # count(distinct …) that it is divided by
    measured: bool = False  # one number, and not the rows that have it
    place: int = 1  # the second most
    ascending: bool | None = None  # the order asked for


def number(asked: Asked) -> tuple[str, str]:
    """The expression and the name of its column."""
    fact, expression = asked.clause.fact, asked.expression
    bound = asked.clause.bound
    if asked.per:
        return f"{expression or fact.count} * 1.0 / nullif(count(distinct {asked.per}), 0)", "average"
    if asked.aggregate == "distinct":
        return f"count(distinct {expression})", "number"
    if asked.aggregate == "share" and asked.share_of:
        held = " and ".join(asked.share_of)
        return f"avg(case when {held} then 1.0 when not ({held}) then 0.0 end)", "share"
    if asked.aggregate == "share" and not expression:
        return f"{fact.count} * 1.0 / sum({fact.count}) over ()", "share"
    if asked.aggregate.startswith("p0"):
        return f"quantile_cont({expression}, {asked.aggregate[1:]})", f"p{float(asked.aggregate[1:]) * 100:g}"
    if asked.aggregate in ("first", "last"):
        return f"{'min' if asked.aggregate == 'first' else 'max'}({expression})", asked.aggregate
    if asked.aggregate in _AGGREGATES:
        return _AGGREGATES[asked.aggregate].format(expression), asked.aggregate
    return (
        expression or fact.count,
        "share" if asked.unit == "share" else "average" if bound is None and asked.unit else "number",
    )


def conditions(asked: Asked) -> list[str]:
    clause = asked.clause
    found = clause.conditions
    bound = clause.bound.bound if clause.bound else None
    if bound and clause.measure:
        found.append(f"{clause.measure.expression} {bound.sql}")
    if asked.of is not None:
        found.append(f"{clause.fact.person} is not null and {asked.of.condition(clause.fact.person)}")
    return found


def numbers(asked: Asked) -> Made:
    fact, where = asked.clause.fact, conditions(asked)
    if asked.per and asked.aggregate == "median":
        things = f"select {fact.count} as things from {fact.source}{_where([*where, f'{asked.per} is not null'])}"
        return Made(f"select median(things) as median from ({things} group by {asked.per}) as counted", "", "median")
    expression, name = number(asked)
    groups = [*asked.by, *((("currency", "currency"),) if asked.money else ())]
    if ("lesson", "lesson_name") in groups:
        groups.append(("lesson_number", "lesson_number"))
    if asked.money:
        where.append("currency is not null")
    if asked.rank or (asked.clause.bound and groups):
        where += [f"{one} is not null" for _, one in asked.by]
    bound = asked.clause.bound.bound if asked.clause.bound and not asked.clause.measure else None
    columns = ", ".join([*(f"{one} as {_name(column)}" for column, one in groups), f"{expression} as {name}"])
    more = ", count(*) as of_all" if asked.aggregate == "share" and asked.share_of else ""
    if asked.aggregate in ("first", "last") and fact.day:
        more = f", {'min' if asked.aggregate == 'first' else 'max'}({fact.day}) as day"
    elif fact.also and asked.aggregate == "count" and not groups and not asked.per and not asked.expression:
        more = f", {fact.also}"
    sql = f"select {columns}{more} from {fact.source}{_where(where)}"
    if groups:
        sql += f" group by {', '.join(one for _, one in groups)}"
    if bound:
        sql += f" having {expression} {bound.sql}"
    if asked.rank:
        best = "asc" if asked.rank == "least" else "desc"
        rank = f"rank() over (order by {name} {best} nulls last)"
        places = f"{rank} = {asked.place}" if asked.place > 1 else f"{rank} <= {asked.limit}"
        sql = f"select * from ({sql}) as answer qualify {places} order by {name} {best}"
    elif groups:
        first = _name(groups[0][0])
        in_order = first in ("day", "week", "month", "hour", "weekday") and asked.ascending is None
        order = f"{name} {'asc' if asked.ascending else 'desc'} nulls last"
        sql += f" order by {groups[0][1] if in_order else order} limit {asked.limit}"
    return Made(
        sql,
        _name(groups[0][0]) if groups else "",
        name,
        asked.unit or ("share" if name == "share" else ""),
        bool(asked.by),
    )


def _name(column: str) -> str:
    return column.replace(" ", "_")


def rows(asked: Asked) -> Made:
    """The rows of the fact: by a number of theirs, or by their time."""
    fact, where = asked.clause.fact, conditions(asked)
    shown = list(fact.lists)
    measured = ""
    if asked.expression and asked.expression not in shown:
        measured = f", {asked.expression} as number"
        where.append(f"{asked.expression} is not null")
    if asked.expression:
        best = "asc" if asked.rank == "least" else "desc"
        order = f" order by {asked.expression} {best} nulls last"
    else:
        order = f" order by {fact.at} {'asc' if asked.aggregate == 'first' else 'desc'} nulls last" if fact.at else ""
    sql = f"select {', '.join(shown)}{measured} from {fact.source}{_where(where)}{order} limit {asked.limit}"
    return Made(sql, shown[0], "number" if measured else "", asked.unit)


def compared(people: People, clause: Clause) -> Made:
    """How many of these things a person has, of those of whom it holds and of the others."""
    fact = clause.fact
    counted_of = f"select {fact.person} as of_person, {fact.count} as things from {fact.source}"
    things = f"{counted_of}{_where(clause.conditions)} group by {fact.person}"
    return Made(
        f"select case when {people.condition()} then 'these' else 'the others' end as people_who, "
        f"avg(coalesce(things, 0)) as average, count(*) as people from users left join ({things}) as counted "
        "on counted.of_person = users.person_id where users.first_seen_at is not null group by 1",
        "people_who",
        "average",
    )
