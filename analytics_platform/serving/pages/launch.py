"""``analytics-platform ui``: starts Streamlit on this machine with the platform's own settings.

Does not live here: what the pages show (``app``, ``views``).
"""

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

from analytics_platform.errors import SettingsError
from analytics_platform.serving.identity import Identities
from analytics_platform.settings import PROJECT_ROOT, Settings

ENTRY = Path(__file__).parent / "app.py"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NEEDED_TO_SIGN_IN = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")


def is_installed() -> bool:
    return importlib.util.find_spec("streamlit") is not None


def arguments(settings: Settings) -> list[str]:
    """The command line of Streamlit: no telemetry, no menu for developers. Without a login, loopback only."""
    return [
        sys.executable,
        *("-m", "analytics_platform.serving.pages.serve"),
        *("--server.address", settings.pages_host, "--server.port", str(settings.pages_port)),
        *(("--secrets.files", settings.pages_login_file) if settings.pages_login_file else ()),
        *("--server.headless", "true", "--browser.gatherUsageStats", "false"),
        *("--client.toolbarMode", "viewer", "--client.showErrorDetails", "none"),
        *("--server.fileWatcherType", "none", "--runner.magicEnabled", "false"),
        *("--theme.light.primaryColor", "#0072B2", "--theme.dark.primaryColor", "#56B4E9"),
    ]


def run_pages(settings: Settings) -> int:
    """Serve the pages until Ctrl-C."""
    if not is_installed():
        raise SettingsError("The pages need Streamlit: pip install 'analytics-platform[ui]'.")
    check_login(settings)
    return subprocess.run(arguments(settings), cwd=PROJECT_ROOT, check=False).returncode


def check_login(settings: Settings) -> None:
    """Nobody from elsewhere without a login, and no login that cannot work."""
    if not settings.pages_login_file:
        if settings.pages_host not in LOOPBACK:
            raise SettingsError(
                f"PAGES_HOST is {settings.pages_host}, and there is no login: set PAGES_LOGIN_FILE, or leave the pages"
                " on 127.0.0.1 behind a proxy that signs people in."
            )
        return
    Identities.of(settings)
    try:
        found = tomllib.loads(Path(settings.pages_login_file).read_text("utf-8")).get("auth", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"PAGES_LOGIN_FILE {settings.pages_login_file} cannot be read: {error}.") from None
    if missing := [name for name in NEEDED_TO_SIGN_IN if not found.get(name)]:
        raise SettingsError(
            f"PAGES_LOGIN_FILE {settings.pages_login_file} lacks {', '.join(missing)} in its section [auth]."
        )
    if importlib.util.find_spec("authlib") is None:
        raise SettingsError("Signing in needs Authlib: pip install 'analytics-platform[ui]'.")
