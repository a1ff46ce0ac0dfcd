"""The process of the pages: loads what the first view needs, then starts Streamlit's server.

Streamlit alone imports Plotly, the semantics and MetricFlow when the first person opens the first page, who then waits
for four seconds. Does not live here: the command and its options (``launch``).
"""

import sys
from importlib import import_module

from analytics_platform.semantics.warming import kept_warm
from analytics_platform.serving.api.dashboards import first_questions
from analytics_platform.serving.pages.launch import ENTRY
from analytics_platform.settings import load

# What the views import, and not the views: Streamlit's decorators want its server to be there.
NEEDED = (
    "pandas",
    "plotly.graph_objects",
    "analytics_platform.semantics.asking",
    "analytics_platform.semantics.guard",
    "analytics_platform.serving.api.dashboards",
    "analytics_platform.serving.seven.asking",
)


def main(arguments: list[str]) -> int:
    from streamlit.web import cli

    for name in NEEDED:
        import_module(name)
    sys.argv = ["streamlit", "run", str(ENTRY), *arguments]
    # Beside it: a new project is parsed for ten seconds, and the port must not wait for that.
    with kept_warm(load(), first_questions()):
        result: object = cli.main(standalone_mode=False)
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
