"""The newest rows of a long list without reading all of it: its last days are asked first, then more of them.

Only for lists that say ``newest_first``: they are ordered by a time, and their parameter ``start`` bounds its local
day, so what lies before it comes after everything else. Pure.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from analytics_platform.semantics.questions import Named, Query
from analytics_platform.semantics.registry import Registry
from analytics_platform.warehouse.publishing import Snapshot

STEPS = (7, 60)  # days
LONGEST = 10_001  # rows, a page of the API and one more: who asks for more reads most of the list anyway


def tried(known: Registry, question: Query | Named, snapshot: Snapshot) -> Iterator[Query | Named]:
    """The question over its last days, then itself. The first with as many rows as the question may have is enough."""
    if (
        isinstance(question, Named)
        and not question.count
        and snapshot.last_day
        and 0 < (question.limit or 0) <= LONGEST
    ):
        named = known.named_query(question.name)
        if named.newest_first and question.order in ((), named.order):
            values = named.values(question.parameters)
            last, start = date.fromisoformat(snapshot.last_day), values["start"]
            if isinstance(values["end"], date):
                last = min(last, values["end"])
            for begin in (last - timedelta(days=days) for days in STEPS):
                if not isinstance(start, date) or start < begin:
                    yield replace(question, parameters={**question.parameters, "start": begin})
    yield question
