"""Words that stand in the data as values of a column: themes, tiers, kinds of errors, names of quizzes.

They are read from the snapshot, so that a new one is known the day it appears. Does not live here: lessons, cohorts,
people and what else has a list of its own (``values``).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from analytics_platform.serving.seven.facts import Fact
from analytics_platform.serving.seven.wording import tidy

MOST = 200  # a column with more values is no category
Categories = Callable[[Fact], Mapping[str, Mapping[str, str]]]  # column → the words of a value → the value
Select = Callable[[str], Sequence[Mapping[str, object]]]


def categories_of(select: Select) -> Categories:
    """The values of each kind of thing, read when first asked for; ``select`` gives the rows of a SELECT."""

    @cache
    def values(fact: Fact) -> Mapping[str, Mapping[str, str]]:
        columns = list(dict.fromkeys([*fact.categories.values(), *fact.known.values()]))
        if not columns:
            return {}
        where = f" where {fact.where}" if fact.where else ""
        parts = (
            f"(select '{column}' as column_name, cast({column} as varchar) as value from {fact.source}{where} "
            f"group by 2 order by count(*) desc limit {MOST})"
            for column in columns
        )
        found: dict[str, dict[str, str]] = {column: {} for column in columns}
        for row in select("select * from (" + " union all ".join(parts) + ") as known"):
            if row["value"] is not None:
                found[str(row["column_name"])][spoken(str(row["value"]))] = str(row["value"])
        return found

    return values


def spoken(value: str) -> str:
    """A value as people say it: "submit-media" is "submit media"."""
    return re.sub(r"\s+", " ", re.sub(r"[_/-]", " ", re.sub(r"[^\w\s/.-]", " ", tidy(value)))).strip()
