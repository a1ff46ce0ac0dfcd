"""Who sees what, written into the SQL: each mart of a query becomes what this viewer sees of it.

- A viewer's marts have NULL where a column is personal (dbt meta ``personal``): names, addresses, texts.
- A viewer with cohorts sees only rows of their people; a mart that counts the whole organisation is refused, except
  the names of lessons and questions.

Nothing here trusts the caller: a route that forgets to ask for a role gets a query with less in it. Small cells are
``asking``'s. Does not live here: what strangers' SQL may contain (``guard``).
"""

from collections.abc import Mapping

from sqlglot import exp, parse_one

from analytics_platform.semantics.errors import NoData, NotAllowed, unknown
from analytics_platform.semantics.viewers import Viewer
from analytics_platform.warehouse.lineage import Mart

# What a teacher's key may know of marts that count everybody: how things are called.
NAMES_ONLY = {
    "calendar": ("calendar_day",),
    "lessons": ("lesson_id", "lesson_number", "lesson_name", "position", "is_mapped"),
    "questions": ("question_id", "lesson_id", "lesson_number", "lesson_url", "card_id", "card_type", "question",
                  "is_opinion"),
}  # fmt: skip
_NULLS = {
    "duckdb": {"text": "varchar", "integer": "bigint", "number": "double", "money": "decimal(38, 9)",
               "boolean": "boolean", "timestamp": "timestamptz", "date": "date", "texts": "varchar[]"},
    "bigquery": {"text": "string", "integer": "int64", "number": "float64", "money": "numeric", "boolean": "bool",
                 "timestamp": "timestamp", "date": "date", "texts": "array<string>"},
}  # fmt: skip


def restrict(
    tree: exp.Expr, viewer: Viewer, marts: Mapping[str, Mart], present: Mapping[str, int], dialect: str
) -> exp.Expr:
    """The same query over what this viewer sees. ``present`` are the marts of the snapshot."""
    steps = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    if hidden := steps & set(marts):
        # Inside its own definition the name would mean the mart, outside it the step: nobody could tell.
        raise NotAllowed(f"A step of WITH is called {sorted(hidden)[0]!r}, as a mart is: give it another name.", "sql")
    for table in list(tree.find_all(exp.Table)):
        name = table.name.lower()
        if name in steps and not table.db:
            continue
        if name not in marts:
            raise unknown("mart", name, present, "sql")
        if name not in present:
            raise NoData(f"No data yet: the mart {name} is not in this snapshot. Materialise it in Dagster.", name)
        seen = _seen(marts[name], viewer, dialect)
        alias = table.alias or name
        if seen is None:
            table.set("db", None)
            table.set("catalog", None)
        else:
            body = parse_one(seen, dialect=dialect)
            new = exp.Subquery(this=body, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
            for key in ("joins", "laterals", "pivots"):
                new.set(key, table.args.get(key))
            table.replace(new)
    return tree


def _seen(mart: Mart, viewer: Viewer, dialect: str) -> str | None:
    """A SELECT of what the viewer sees of the mart; None when that is all of it."""
    columns = {name: kind for name, kind, _ in mart.columns}
    condition = _condition(mart, viewer, dialect)
    hidden = set() if viewer.sees_people else set(mart.personal)
    if viewer.cohorts is not None and mart.name in NAMES_ONLY:
        hidden |= set(columns) - set(NAMES_ONLY[mart.name])
    if not hidden and not condition:
        return None
    quote = "`" if dialect == "bigquery" else '"'
    shown = [
        f"cast(null as {_NULLS[dialect][kind]}) as {quote}{name}{quote}"
        if name in hidden
        else f"base.{quote}{name}{quote}"
        for name, kind in columns.items()
    ]
    where = f" where {condition}" if condition else ""
    return f"select {', '.join(shown)} from {quote}{mart.name}{quote} as base{where}"


def _condition(mart: Mart, viewer: Viewer, dialect: str) -> str:
    if viewer.cohorts is None:
        return ""
    columns = {name for name, _, _ in mart.columns}
    cohorts = ", ".join(exp.Literal.string(cohort).sql(dialect) for cohort in viewer.cohorts) or "null"
    if "cohort" in columns:
        return f"base.cohort in ({cohorts})"
    if "person_id" in columns:
        return f"base.person_id in (select u.person_id from users as u where u.cohort in ({cohorts}))"
    if mart.name in NAMES_ONLY:
        return ""
    raise NotAllowed(
        f"The mart {mart.name} counts the whole organisation, and this key sees the cohorts"
        f" {', '.join(viewer.cohorts)} only. Ask for a metric by cohort instead.",
        "cohort",
    )
