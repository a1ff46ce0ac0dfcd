"""Calling dbt: what it is told is computed by pure functions, what it answers is read from its run results.

dbt runs as a process of its own: it holds the only write lock on the warehouse file, and when it ends, however it
ends, the lock and the memory are gone. Days are told by environment, not by ``--vars``: other vars would make dbt
parse the whole project anew, which costs more than building an empty day.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson

from analytics_platform.errors import WarehouseBusy, WarehouseError
from analytics_platform.lake.ranges import few_ranges
from analytics_platform.settings import PROJECT_ROOT, Settings, process_environment

_DBT = "analytics_platform.warehouse.dbt_process"  # dbt need not be on PATH
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
MOST_RANGES = 20  # in a model's SQL; of more, the smallest gaps between them are built too


@dataclass(frozen=True)
class NodeResult:
    """What became of one model or test. ``failures`` counts the rows that a test found.

    ``bytes_billed`` is None where nobody bills.
    """

    unique_id: str
    status: str
    seconds: float
    message: str
    failures: int | None
    bytes_billed: int | None = None

    @property
    def ran(self) -> bool:
        return self.status != "skipped"

    @property
    def succeeded(self) -> bool:
        return self.status in ("success", "pass", "warn")


def dbt_environment(settings: Settings, days: Sequence[date] = ()) -> dict[str, str]:
    """The variables that profiles.yml and the macros read. ``days`` are those to build; none means every day."""
    spans = few_ranges(days, MOST_RANGES)
    return {
        "DBT_TARGET": settings.warehouse,
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "DBT_THREADS": str(settings.warehouse_threads),
        "DBT_FROM_DAY": ",".join(str(first) for first, _ in spans),
        "DBT_TO_DAY": ",".join(str(last) for _, last in spans),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        **(_bigquery(settings) if settings.warehouse == "bigquery" else _duckdb(settings)),
    }


def lake_root(settings: Settings) -> str:
    """The folder that holds ``lake/`` for dbt on DuckDB: the lake itself, or its copy here (``lake_copy``)."""
    return str(settings.home / "lake_copy") if settings.lake_url else settings.lake_root


def _duckdb(settings: Settings) -> dict[str, str]:
    return {
        "DBT_WAREHOUSE_FILE": str(settings.warehouse_file),
        "DBT_STEPS_FILE": str(settings.steps_file),
        "DBT_LAKE_ROOT": lake_root(settings),
        "DBT_MEMORY": settings.warehouse_memory,
    }


def _bigquery(settings: Settings) -> dict[str, str]:
    method = "service-account" if settings.bigquery_keyfile else "oauth"
    return {
        "BIGQUERY_METHOD": "oauth-secrets" if settings.bigquery_endpoint else method,
        "BIGQUERY_TOKEN": "anonymous" if settings.bigquery_endpoint else "",
        "BIGQUERY_KEYFILE": settings.bigquery_keyfile,
        "BIGQUERY_ENDPOINT": settings.bigquery_endpoint,
        "BIGQUERY_PROJECT": settings.bigquery_project,
        "BIGQUERY_DATASET": settings.bigquery_dataset,
        "BIGQUERY_LOCATION": settings.bigquery_location,
        "BIGQUERY_MAX_BYTES": str(settings.bigquery_max_bytes),
    }


def build_arguments(
    settings: Settings, target_path: Path, select: Sequence[str] = (), command: str = "build"
) -> list[str]:
    """The command line of ``dbt build`` for some nodes; none means all. A test runs when all it asks is selected."""
    variables: dict[str, object] = {
        "platform_timezone": settings.platform_timezone,
        "handoff_marker": settings.handoff_marker,
        # Only what an operator has set: other vars make dbt parse the project anew.
        **{f"{name}_set": value for name in ("kpi_weights", "kpi_targets") if (value := getattr(settings, name))},
    }
    selection = ["--indirect-selection", "cautious", "--select", " ".join(select)] if select else []
    return [
        *("--log-format", "json", "--log-level", "info", "--log-level-file", "none", command),
        # Unit tests read no data: the project's own tests run them.
        *(["--no-write-json", "--exclude-resource-type", "unit_test"] if command == "build" else []),
        *("--target-path", str(target_path), "--log-path", str(target_path)),
        *("--vars", orjson.dumps(variables).decode()),
        *selection,
    ]


def run_dbt(
    arguments: Sequence[str], environment: Mapping[str, str], log: Callable[[str], None], kept: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run dbt, handing on each line that it says; the answer keeps the last words for an error message.

    ``kept`` is a file that keeps all lines.
    """
    command = [sys.executable, "-m", _DBT, *arguments]
    said: list[str] = []
    with (
        kept.open("w", encoding="utf-8") if kept else nullcontext() as file,
        subprocess.Popen(
            command,
            env=process_environment(environment),
            cwd=DBT_PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        for line in process.stdout or ():
            message = _message(line)
            if message and " START " not in message:
                said.append(message)
                log(message)
                if file:
                    file.write(message + "\n")
    return subprocess.CompletedProcess(command, process.returncode, "\n".join(said[-15:]))


def build_folder(settings: Settings) -> Path:
    """Where dbt keeps what it parsed and compiled for builds."""
    return settings.home / "warehouse" / "dbt"


def log_file(settings: Settings) -> Path:
    """What dbt said in the last build."""
    return build_folder(settings) / "build.log"


def build(
    settings: Settings, days: Sequence[date], select: Sequence[str], log: Callable[[str], None]
) -> list[NodeResult]:
    """``dbt build`` of some nodes for some days. A failed model or test is in the results, not an exception."""
    target = build_folder(settings)
    target.mkdir(parents=True, exist_ok=True)
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    kept = log_file(settings)
    done = run_dbt(build_arguments(settings, target, select), dbt_environment(settings, days), log, kept)
    if not results.exists() and "Could not set lock" in done.stdout:
        raise WarehouseBusy(f"Another process holds {settings.warehouse_file}.")
    if not results.exists():
        raise WarehouseError(f"dbt ended with {done.returncode} before it built anything. It said:\n{done.stdout}")
    return [
        NodeResult(
            unique_id=result["unique_id"],
            status=result["status"],
            seconds=result["execution_time"],
            message=result["message"] or "",
            failures=result["failures"],
            bytes_billed=(result.get("adapter_response") or {}).get("bytes_billed"),
        )
        for result in orjson.loads(results.read_bytes())["results"]
    ]


def _message(line: str) -> str:
    try:
        return str(orjson.loads(line)["info"]["msg"]).strip()
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return line.strip()


def compiled_models(settings: Settings, days: Sequence[date]) -> dict[str, str]:
    """The SQL of each model that is a table, as a build of these days would run it."""
    target = settings.home / "warehouse" / "dbt_cost"
    target.mkdir(parents=True, exist_ok=True)
    arguments = build_arguments(settings, target, command="compile")
    done = run_dbt(arguments, dbt_environment(settings, days), lambda _line: None)
    if done.returncode:
        raise WarehouseError(f"dbt cannot compile the models. It said:\n{done.stdout}")
    nodes = orjson.loads((target / "manifest.json").read_bytes())["nodes"].values()
    tables = [node for node in nodes if node["resource_type"] == "model"]
    return {
        node["name"]: node["compiled_code"]
        for node in tables
        if node["config"]["materialized"] not in ("view", "ephemeral")
    }
