"""``analytics-platform ui``: starts Streamlit on this machine with the platform's own settings.

Does not live here: what the pages show (``app``, ``views``).
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

from analytics_platform.errors import SettingsError
from analytics_platform.settings import PROJECT_ROOT, Settings

ENTRY = Path(__file__).parent / "app.py"


def is_installed() -> bool:
    return importlib.util.find_spec("streamlit") is not None


def arguments(settings: Settings) -> list[str]:
    """The command line of Streamlit: no telemetry, no menu for developers. Loopback only, as there is no login."""
    return [
        sys.executable,
        *("-m", "analytics_platform.serving.pages.serve"),
        *("--server.address", "127.0.0.1", "--server.port", str(settings.pages_port)),
        *("--server.headless", "true", "--browser.gatherUsageStats", "false"),
        *("--client.toolbarMode", "viewer", "--client.showErrorDetails", "none"),
        *("--server.fileWatcherType", "none", "--runner.magicEnabled", "false"),
        *("--theme.light.primaryColor", "#0072B2", "--theme.dark.primaryColor", "#56B4E9"),
    ]


def run_pages(settings: Settings) -> int:
    """Serve the pages until Ctrl-C."""
    if not is_installed():
        raise SettingsError("The pages need Streamlit: pip install 'analytics-platform[ui]'.")
    return subprocess.run(arguments(settings), cwd=PROJECT_ROOT, check=False).returncode
