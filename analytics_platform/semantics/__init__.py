"""The one place where a number is asked for: metrics of the dbt project, and named queries, over the published marts.

``query(settings, Query(...) or Named(...), viewer)`` gives rows, the SQL that made them, the definitions of what was
asked, how fresh the snapshot is and the state of its data. API, pages, reports and exports call it, so they agree.
Lives here: ``registry`` (what can be asked, from the dbt project's semantic manifest and ``queries/*.yml``),
``compiling`` (MetricFlow: metric and group by → SQL), ``roles`` (which rows and columns a viewer sees, written into the
SQL), ``guard`` (SQL of strangers), ``asking`` (the function itself). Does not live here: SQL of marts and metrics
(``dbt_project/models/marts``), and HTTP (``serving``).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics_platform.semantics.answer import Answer, Definition, Quality
    from analytics_platform.semantics.asking import query
    from analytics_platform.semantics.questions import Filter, Named, Query
    from analytics_platform.semantics.registry import Registry
    from analytics_platform.semantics.viewers import ADMIN, LOCAL, Role, Viewer

# Where each name lives. They are imported when they are asked for: the command line's help needs no DuckDB.
_PLACES = {
    **dict.fromkeys(("Answer", "Definition", "Quality"), "answer"),
    "query": "asking",
    **dict.fromkeys(("Filter", "Named", "Query"), "questions"),
    "Registry": "registry",
    **dict.fromkeys(("ADMIN", "LOCAL", "Role", "Viewer"), "viewers"),
}

__all__ = [
    "ADMIN",
    "LOCAL",
    "Answer",
    "Definition",
    "Filter",
    "Named",
    "Quality",
    "Query",
    "Registry",
    "Role",
    "Viewer",
    "query",
    # The function registry() lives in the module of its name: import it from there.
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"analytics_platform.semantics has no {name!r}")
    return getattr(import_module(f"analytics_platform.semantics.{_PLACES[name]}"), name)
