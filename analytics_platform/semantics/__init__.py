"""The one place where a number is asked for: metrics of the dbt project, and named queries, over the published marts.

``query(settings, Query(...) or Named(...), viewer)`` gives rows, the SQL that made them, the definitions of what was
asked, how fresh the snapshot is and the state of its data. API, pages, reports and exports call it, so they agree.
Lives here: ``registry`` (what can be asked, from the dbt project's semantic manifest and ``queries/*.yml``),
``compiling`` (MetricFlow: metric and group by → SQL), ``roles`` (which rows and columns a viewer sees, written into the
SQL), ``guard`` (SQL of strangers), ``asking`` (the function itself). Does not live here: SQL of marts and metrics
(``dbt_project/models/marts``), and HTTP (``serving``).
"""

from analytics_platform.semantics.answer import Answer, Definition, Quality
from analytics_platform.semantics.asking import query
from analytics_platform.semantics.questions import Filter, Named, Query
from analytics_platform.semantics.registry import Registry, registry
from analytics_platform.semantics.viewers import ADMIN, LOCAL, Role, Viewer

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
    "registry",
]
