"""The process of the pages: loads what the first view needs, asks what it asks, then starts Streamlit's server.

Streamlit alone imports Plotly, the semantics and MetricFlow when the first person opens the first page, who then waits
for four seconds. Does not live here: the command and its options (``launch``).
"""

import sys
from datetime import date
from importlib import import_module

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import Named, Query, query
from analytics_platform.semantics.warming import kept_warm
from analytics_platform.serving.api.dashboards import first_questions
from analytics_platform.serving.pages import first_view
from analytics_platform.serving.pages.launch import ENTRY
from analytics_platform.settings import Settings, load

LONGEST_WAIT = 5.0  # seconds before the port opens: a new project is parsed for ten, and nobody waits for that here
# What the views import, and not the views: Streamlit's decorators want its server to be there.
NEEDED = (
    "pandas",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "plotly.graph_objects",
    "plotly.offline",
    "analytics_platform.connectors",
    "analytics_platform.insights.live",
    "analytics_platform.operations.assets",
    "analytics_platform.operations.waiting",
    "analytics_platform.reports.video_writing",
    "analytics_platform.semantics.asking",
    "analytics_platform.semantics.guard",
    "analytics_platform.serving.api.dashboards",
    "analytics_platform.serving.pages.charts",
    "analytics_platform.serving.seven.asking",
)


def main(arguments: list[str]) -> int:
    from streamlit.web import cli

    settings = load()
    # Beside it: what a person waits for is asked first, and the port opens as soon as that is answered.
    with kept_warm(settings, first_questions(), lambda: todays_questions(settings)) as asked:
        for name in NEEDED:
            import_module(name)
        _draw_once()
        asked.wait(LONGEST_WAIT)
        sys.argv = ["streamlit", "run", str(ENTRY), *arguments]
        result: object = cli.main(standalone_mode=False)
    return result if isinstance(result, int) else 0


def todays_questions(settings: Settings) -> list[Query | Named]:
    """What the page of today asks of the newest day; only its day where there is none."""
    try:
        days = query(settings, first_view.DAYS).table["period_start"].to_pylist()
    except PlatformError:
        return []
    return first_view.questions(max(days)) if days else []


def _draw_once() -> None:
    """Plotly imports and checks for half a second when the first chart is made."""
    import pandas as pd

    from analytics_platform.serving.pages import charts

    rows = pd.DataFrame({"day": [date(2026, 3, 2)], "count": [1]})
    charts.lines(rows, "day", {"count": "count"}).to_json()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
