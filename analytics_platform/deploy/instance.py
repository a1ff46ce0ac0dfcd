"""The Dagster instance as a document: the packaged ``dagster.yaml``, and what a cloud deployment adds by settings.

``DAGSTER_STORAGE_URL`` puts runs, events and schedules into PostgreSQL, so that web server, daemon and run workers may
be different machines. ``DAGSTER_LOGS_URL`` puts the output of steps into a bucket, by the classes of ``dagster-aws``
and ``dagster-gcp``. Does not live here: starting anything.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from analytics_platform.settings import Settings

PACKAGED = Path(__file__).parent / "dagster.yaml"
# For runs in the process of a command. To capture output, Dagster starts four processes a step; Ctrl-C reaches them,
# too, and they print tracebacks. What steps say is in the run's events all the same.
UNCAPTURED = "uncaptured.yaml"
_NO_CAPTURE = {"module": "dagster.core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"}


def instance_config(settings: Settings) -> dict[str, Any]:
    """The content of ``dagster.yaml``. A password stays in the environment: the file names the variable."""
    config: dict[str, Any] = yaml.safe_load(PACKAGED.read_text().replace("INSTANCE_FOLDER", str(settings.dagster_home)))
    if settings.dagster_storage_url.get_secret_value():
        del config["event_log_storage"]  # one storage for all three
        config["storage"] = {"postgres": {"postgres_url": {"env": "DAGSTER_STORAGE_URL"}}}
    if settings.dagster_logs_url:
        config["compute_logs"] = _compute_logs(settings)
    return config


def write_instance(settings: Settings) -> Path:
    """Write the instance's files; their folder is DAGSTER_HOME."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    config = instance_config(settings)
    for name, content in (("dagster.yaml", config), (UNCAPTURED, {"compute_logs": _NO_CAPTURE} | config)):
        (settings.dagster_home / name).write_text(yaml.safe_dump(content, sort_keys=False))
    return settings.dagster_home


def _compute_logs(settings: Settings) -> dict[str, Any]:
    place = urlsplit(settings.dagster_logs_url)
    shared = {"bucket": place.netloc, "prefix": place.path.strip("/") or "dagster", "upload_interval": 30}
    if place.scheme == "gs":
        return {
            "module": "dagster_gcp.gcs.compute_log_manager",
            "class": "GCSComputeLogManager",
            "config": shared,
        }
    endpoint = {"endpoint_url": settings.lake_endpoint} if settings.lake_endpoint else {}
    return {
        "module": "dagster_aws.s3.compute_log_manager",
        "class": "S3ComputeLogManager",
        "config": shared | endpoint,
    }
