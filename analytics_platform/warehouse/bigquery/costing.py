"""What a build would read, before it runs: dbt compiles its models, BigQuery dry-runs each one. Nothing is billed."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import orjson

from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.protocol import Log

if TYPE_CHECKING:
    from google.cloud.bigquery import Client


def bytes_by_model(client: "Client", settings: Settings, days: Sequence[date], log: Log) -> dict[str, int | None]:
    """Bytes that each model would read; NULL where a table that it reads is not built yet."""
    from google.api_core.exceptions import BadRequest, NotFound
    from google.cloud.bigquery import QueryJobConfig

    from analytics_platform.warehouse import dbt

    target = settings.home / "warehouse" / "dbt_cost"
    target.mkdir(parents=True, exist_ok=True)
    arguments = dbt.build_arguments(settings, target, command="compile")
    done = dbt.run_dbt(arguments, dbt.dbt_environment(settings, days), lambda _line: None)
    if done.returncode:
        raise WarehouseError(f"dbt cannot compile the models. It said:\n{done.stdout}")
    manifest = orjson.loads((target / "manifest.json").read_bytes())
    found: dict[str, int | None] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model" or node["config"]["materialized"] in ("view", "ephemeral"):
            continue
        try:
            tried = client.query(node["compiled_code"], job_config=QueryJobConfig(dry_run=True))
            found[node["name"]] = tried.total_bytes_processed
        except (NotFound, BadRequest) as error:
            log(f"{node['name']} cannot be judged yet: {error.message.splitlines()[0]}")
            found[node["name"]] = None
    return found
