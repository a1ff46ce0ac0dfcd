"""What a viewer does not see of an answer: cells of few people, and the cells that would give those away. SQL trees.

- A cell with fewer than five people is left out.
- A total minus the shown cells gives the hidden ones. Where those are few people, the smallest shown cell is left out,
  too.
- A condition shows no more than the table without it: cells are judged as if nothing had been chosen, and an answer
  about several of them is left out when one of them is hidden. So nobody gets at a cell by asking for all but it.

``cells`` are the columns over which people add up, ``within`` those over which they do not, such as days: people of one
day are those of another. Does not live here: who is a viewer (``viewers``), which columns are personal (``roles``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from analytics_platform.semantics.viewers import FEWEST_PEOPLE

ANSWER = "answer"


@dataclass(frozen=True)
class Cells:
    """The key of an answer's rows."""

    cells: tuple[str, ...]
    within: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.cells, *self.within)


@dataclass(frozen=True)
class Members:
    """A finer answer, without one of the conditions. ``chosen`` says which of its rows the condition takes."""

    tree: exp.Expr
    cells: Cells
    chosen: exp.Expr | None = None


def of_answer(name: str) -> exp.Column:
    return exp.column(name, ANSWER, quoted=True)


def subquery(tree: exp.Expr, alias: str = ANSWER) -> exp.Subquery:
    return exp.Subquery(this=tree, alias=exp.to_identifier(alias))


def is_few(people: exp.Expr) -> exp.Expr:
    """One to four: nobody is nobody's secret."""
    return exp.and_(people > 0, people.copy() < FEWEST_PEOPLE)


def enough(people: str, cells: Cells, fewest: int = FEWEST_PEOPLE) -> exp.Expr:
    """Whether a cell may be shown: it has people enough, and does not give away the few in hidden cells beside it."""
    count = of_answer(people)
    shown: list[exp.Expr] = [count >= fewest]
    few = exp.Case().when(count < fewest, count).else_(exp.convert(0))
    few_last = exp.Case().when(count >= fewest, exp.convert(0)).else_(exp.convert(1))
    for one in cells.cells:
        others = [of_answer(name) for name in cells.keys if name != one]
        order = exp.Order(expressions=[exp.Ordered(this=key) for key in (few_last, count, of_answer(one))])
        hidden = exp.Window(this=exp.Sum(this=few), partition_by=others)
        place = exp.Window(this=exp.RowNumber(), partition_by=others, order=order)
        gives_away = exp.and_(hidden > 0, hidden < fewest, place.eq(1))
        shown.append(exp.not_(gives_away))
    return exp.and_(*(part.copy() for part in shown))


def judged(members: Members, keys: Sequence[str], people: Sequence[str]) -> exp.Select:
    """For each row of an answer with these keys: under ``enough_…`` whether all members that it takes may be shown."""
    columns = [of_answer(name) for name in dict.fromkeys((*members.cells.keys, *_columns(members.chosen)))]
    told = [exp.alias_(enough(name, members.cells), f"enough_{name}") for name in people]
    inner = exp.select(*columns, *told).from_(subquery(members.tree))
    outer = exp.select(*(of_answer(key) for key in keys)).from_(subquery(inner))
    if members.chosen is not None:
        outer = outer.where(members.chosen)
    for name in people:
        flag = exp.Case().when(of_answer(f"enough_{name}"), exp.convert(1)).else_(exp.convert(0))
        outer = outer.select(exp.alias_(exp.Min(this=flag).eq(1), f"enough_{name}"))
    return outer.group_by(*(of_answer(key) for key in keys)) if keys else outer


def _columns(chosen: exp.Expr | None) -> list[str]:
    return [] if chosen is None else [column.name for column in chosen.find_all(exp.Column)]


def joined(select: exp.Select, other: exp.Select, alias: str, keys: Sequence[str]) -> exp.Select:
    """``select`` from the answer, beside the rows of ``other`` with the same keys; without keys it has one row."""
    same = [exp.NullSafeEQ(this=of_answer(key), expression=exp.column(key, alias, quoted=True)) for key in keys]
    return select.join(subquery(other, alias), on=exp.and_(*same) if same else exp.true())


def only_shown(
    tree: exp.Expr,
    people: str,
    cells: Cells,
    fewest: int,
    members: Sequence[Members],
    without: Sequence[exp.Expr],
) -> exp.Select:
    """The rows of an answer that may be shown. ``without`` are answers without one condition each, of the same keys:
    a row is left out whose condition leaves few people over."""
    select = exp.select(f"{ANSWER}.*").from_(subquery(tree))
    conditions: list[exp.Expr] = []
    for number, one in enumerate(members):
        select = joined(select, judged(one, cells.keys, [people]), f"members_{number}", cells.keys)
        conditions.append(exp.column(f"enough_{people}", f"members_{number}", quoted=True))
    for number, whole in enumerate(without):
        alias = f"without_{number}"
        keys = [of_answer(key) for key in cells.keys]
        total = exp.select(*keys, exp.alias_(of_answer(people), "total")).from_(subquery(whole))
        select = joined(select, total, alias, cells.keys)
        conditions.append(exp.not_(is_few(exp.column("total", alias) - of_answer(people))))
    conditions.append(enough(people, cells, fewest))
    # Not WHERE: hidden cells must be there while their neighbours are judged.
    whole = exp.and_(*conditions)
    if whole.find(exp.Window):
        select.set("qualify", exp.Qualify(this=whole))
        return select
    return select.where(whole)


def without_few(select: exp.Select, counts: Mapping[str, Sequence[str]]) -> exp.Select:
    """NULL in columns that count one to four people, and in those that would tell the count."""
    hidden_by: dict[str, list[str]] = {}
    for count, others in counts.items():
        for column in (count, *others):
            hidden_by.setdefault(column, []).append(count)
    if not hidden_by:
        return select
    replaced = []
    for column, found in hidden_by.items():
        few = exp.or_(*(exp.func("coalesce", is_few(of_answer(count)), exp.false()) for count in found))
        replaced.append(exp.alias_(exp.Case().when(exp.not_(few), of_answer(column)), column, quoted=True))
    star = exp.Column(this=exp.Star(**{"replace": replaced}), table=exp.to_identifier(ANSWER))
    return exp.select(star).from_(subquery(select))
