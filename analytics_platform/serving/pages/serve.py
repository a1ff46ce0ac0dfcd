"""The process of the pages: loads what the first view needs, then starts Streamlit's server.

Streamlit alone imports the pages, Plotly and MetricFlow when the first person opens the first page, who then waits for
four seconds. Does not live here: the command and its options (``launch``).
"""

import sys
from importlib import import_module

from analytics_platform.serving.pages.launch import ENTRY
from analytics_platform.settings import load

# The entry imports the views; it is a script that draws, so it is not imported itself.
NEEDED = (
    "plotly.graph_objects",
    "analytics_platform.serving.seven.asking",
    *(
        f"analytics_platform.serving.pages.views.{name}"
        for name in ("conversations", "explorer", "learning", "operations", "people", "quality", "seven", "today")
    ),
    "analytics_platform.serving.pages.views.video",
)


def prepare() -> None:
    """Import what views import, and compile a metric; what is wrong with the data is said on the page."""
    from analytics_platform.semantics.warming import warm

    for name in NEEDED:
        import_module(name)
    warm(load())


def main(arguments: list[str]) -> int:
    from streamlit.web import cli

    prepare()
    sys.argv = ["streamlit", "run", str(ENTRY), *arguments]
    result: object = cli.main(standalone_mode=False)
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
