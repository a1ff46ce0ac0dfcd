"""The SQL of a named query: its parameters filled in, and what a viewer does not see left out. SQL trees, no database.

Does not live here: what the queries are (``named``), the rules of leaving out (``suppression``).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlglot import exp, parse_one
from sqlglot.optimizer.simplify import simplify

from analytics_platform.semantics.named import NamedQuery, Place
from analytics_platform.semantics.questions import Value
from analytics_platform.semantics.suppression import (
    ANSWER,
    Cells,
    Members,
    of_answer,
    only_shown,
    subquery,
    without_few,
)


def filled(named: NamedQuery, values: Mapping[str, Value], more: Sequence[str], engine: str) -> exp.Expr:
    """The query's tree with these values, and in ``more`` columns that its rows are split by besides."""
    tree = parse_one(named.sql, dialect="duckdb")
    for place in list(tree.find_all(exp.Placeholder, exp.Parameter)):
        place.replace(literal(values[place.name]))
    tree = simplify(tree)  # "NULL is null or …" is gone from what people are shown
    if more and isinstance(tree, exp.Select):
        tree = tree.select(*more).group_by(*more)
    # Written for DuckDB; for another engine the tree is read again as that engine's, before roles write into it.
    return parse_one(tree.sql(dialect=engine), dialect=engine)


def suppressed(
    named: NamedQuery, values: Mapping[str, Value], seen: Callable[..., exp.Expr]
) -> tuple[exp.Select, tuple[str, ...]]:
    """The rows of a named query that a viewer sees. What chooses rows is left out while they are judged."""
    tree = seen(values)
    select = exp.select(f"{ANSWER}.*").from_(subquery(tree))
    if named.hidden:
        select = select.where(parse_one(f"not ({named.hidden})", dialect="duckdb"))
    if named.shows != "groups":
        return without_few(select, named.counts), ()
    given = [p.name for p in named.parameters if p.is_condition and values[p.name] is not None]
    choosing = dict.fromkeys(name for name in given if name not in named.slices)
    members = [Members(seen({**values, **choosing}), named.cells)] if choosing else []
    without = []
    for name in (name for name in given if name in named.slices):
        if columns := named.slices[name]:
            tree_of_all = seen({**values, **choosing, name: None}, columns)
            cells = Cells((*named.cells.cells, *columns), named.cells.within)
            taken = exp.or_(*(of_answer(column).eq(literal(values[name])) for column in columns))
            members.append(Members(tree_of_all, cells, taken))
        else:
            without.append(seen({**values, name: None}))
    select = only_shown(tree, named.people, named.cells, named.fewest, members, without)
    return without_few(select, named.counts), (
        f"Rows about fewer than {named.fewest} people are left out, and one more where a total would tell them.",
    )


def literal(value: Value) -> exp.Expr:
    if isinstance(value, Place):
        return exp.Anonymous(this=str(value))  # no column, and nothing that could be folded
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "date")
    return exp.convert(value)
