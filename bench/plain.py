"""One plain DuckDB script that makes the same marts from the same lines: what the platform's speed is held against.

``plain_sql/`` reads landing straight into tables; the marts are then made by the models' own SQL, as dbt compiles it,
in one process and one connection. There are no days, lake files, ledger, quarantine, checks, labels, versions or
history.
"""

import time
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from bench.homes import settings_of
from bench.measuring import THREADS

SCRIPT = Path(__file__).parent / "plain_sql"


def compile_models(home: str) -> None:
    """Write the models' SQL for every day below the home; dbt's own time is no part of the script."""
    import orjson

    from analytics_platform.warehouse import dbt

    settings, target = settings_of(home), Path(home) / "plain" / "target"
    target.mkdir(parents=True)
    arguments = dbt.build_arguments(settings, target, command="compile")
    environment = dbt.dbt_environment(settings) | {
        "DBT_WAREHOUSE_FILE": str(Path(home) / "plain" / "warehouse.duckdb"),
        "DBT_STEPS_FILE": str(Path(home) / "plain" / "steps.duckdb"),
    }
    done = dbt.run_dbt(arguments, environment, lambda _line: None)
    if done.returncode:
        raise RuntimeError(done.stdout)
    nodes = orjson.loads((target / "manifest.json").read_bytes())["nodes"]
    models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
    order = TopologicalSorter({name: set(node["depends_on"]["nodes"]) & set(models) for name, node in models.items()})
    script = [_create(models[name]) for name in order.static_order() if models[name]["fqn"][1] != "staging"]
    (Path(home) / "plain" / "models.json").write_bytes(orjson.dumps([step for step in script if step]))


def plain_script(home: str) -> dict[str, float]:
    """Run it; seconds by part."""
    import duckdb
    import orjson

    settings, folder, seconds = settings_of(home), Path(home) / "plain", {}
    config: dict[str, Any] = {"threads": THREADS, "memory_limit": settings.warehouse_memory}
    with duckdb.connect(str(folder / "warehouse.duckdb"), config=config | {"preserve_insertion_order": False}) as plain:
        plain.execute(f"set timezone = 'UTC'; attach '{folder / 'steps.duckdb'}' as steps")
        plain.execute("create schema steps.staging; create schema steps.intermediate; create schema facts")
        parts = {file.stem: _filled(file, settings) for file in sorted(SCRIPT.glob("*.sql"))}
        for name, sql in [*parts.items(), *orjson.loads((folder / "models.json").read_bytes())]:
            started = time.monotonic()
            plain.execute(sql)
            seconds[name] = round(time.monotonic() - started, 2)
    tables = {name: seconds[name] for name in parts}
    return tables | {"models": round(sum(seconds.values()) - sum(tables.values()), 2)}


def _create(model: dict[str, Any]) -> tuple[str, str] | None:
    kind = {"ephemeral": "", "view": "view"}.get(model["config"]["materialized"], "table")
    return (model["name"], f"create {kind} {model['relation_name']} as {model['compiled_code']}") if kind else None


def _filled(file: Path, settings: Any) -> str:
    return file.read_text().format(landing=f"{settings.home}/landing", first_day=settings.platform_first_day)
