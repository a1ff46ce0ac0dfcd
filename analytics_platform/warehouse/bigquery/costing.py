"""What models would read, before they run: BigQuery dry-runs each one. Nothing is billed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analytics_platform.warehouse.protocol import Log

if TYPE_CHECKING:
    from google.cloud.bigquery import Client


def bytes_by_model(client: "Client", compiled: Mapping[str, str], log: Log) -> dict[str, int | None]:
    """Bytes that each model would read; None where a table that it reads is not built yet."""
    from google.api_core.exceptions import BadRequest, NotFound
    from google.cloud.bigquery import QueryJobConfig

    found: dict[str, int | None] = {}
    for name, sql in compiled.items():
        try:
            found[name] = client.query(sql, job_config=QueryJobConfig(dry_run=True)).total_bytes_processed
        except (NotFound, BadRequest) as error:
            log(f"{name} cannot be judged yet: {error.message.splitlines()[0]}")
            found[name] = None
    return found
