"""The Dagster instance of this platform, made ready before anything opens it.

Does not live here: its configuration (``deploy``).
"""

from pathlib import Path

from analytics_platform.deploy.instance import write_instance
from analytics_platform.settings import Settings, tell_libraries


def prepare_instance(settings: Settings) -> Path:
    """The folder of the Dagster instance, with the configuration that ships in the package."""
    tell_libraries({"DAGSTER_EVENT_BATCH_SIZE": "1000"})  # the days of an asset are stored at once (event_log)
    return write_instance(settings)
