"""A small simulated organisation, materialised by the real Dagster job with real dbt: made once for all tests."""

import fcntl
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from analytics_platform.commands.demo import import_simulated
from analytics_platform.defs.instance import prepare_instance
from analytics_platform.defs.running import run_days
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.lake import open_lake
from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform.simulator import Plan, simulate
from analytics_platform.warehouse.publishing import current
from analytics_platform_tests.semantics.snapshot import share_manifests

ENRICHMENT = PROJECT_ROOT / "analytics_platform" / "enrichment"
START, DAYS = date(2026, 3, 2), 16  # long enough for a week of silence


@dataclass(frozen=True)
class Organisation:
    """Where it lives, what is true of it, and what the run said."""

    settings: Settings
    truth: dict[str, Any]
    said: list[str]
    succeeded: bool

    @property
    def days(self) -> list[date]:
        return [START + timedelta(days=n) for n in range(DAYS)]


def trained_models() -> Path:
    """A folder with the model that this code trains, for every test run; who comes second waits instead of training."""
    code = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(ENRICHMENT.rglob("*.py")))).hexdigest()[:10]
    folder = PROJECT_ROOT / ".pytest_cache" / f"models-{code}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert Engine(model_folder=folder).local.packaged_model.tasks
    return folder


def share_models(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    (settings.home / "models").symlink_to(trained_models())


def organisation_settings(home: Path) -> Settings:
    return Settings(platform_home=home, platform_timezone="Europe/Berlin", _env_file=None)


def make_organisation(home: Path) -> None:
    settings = organisation_settings(home)
    share_models(settings)
    share_manifests(settings)
    lake, said = open_lake(settings), list[str]()
    plan = Plan(start=START, people=120, days=DAYS)
    simulate(plan, lake.landing, lake.store, home / "truth.json")
    # On an evening of the simulated days, so that no other day has to be built.
    import_simulated(settings, plan, datetime.combine(plan.date(DAYS - 1), time(18), UTC))
    days = [START + timedelta(days=n) for n in range(DAYS)]
    succeeded = run_days(settings, days, said.append) and run_days(settings, days, said.append, job_name="insights")
    (home / "made.json").write_text(json.dumps({"said": said, "succeeded": succeeded}))


def open_organisation(home: Path) -> Organisation:
    prepare_instance(organisation_settings(home))  # its file names the folder, and this may be a copy
    truth, made = (json.loads((home / name).read_text()) for name in ("truth.json", "made.json"))
    return Organisation(organisation_settings(home), truth, made["said"], made["succeeded"])


def marts_of(
    settings: Settings, newest_only: Collection[str] = (), without: Collection[str] = ()
) -> dict[str, tuple[int, int]]:
    """Of each published mart its rows and a number for their content: equal rows, equal number.

    Of the marts in ``newest_only`` the rows of their newest day count; columns in ``without`` do not.

    Doubles are compared to nine digits: in which order DuckDB adds them up depends on its threads.
    """
    snapshot = current(settings)
    assert snapshot is not None, "nothing is published"
    with duckdb.connect(str(settings.published_folder / snapshot.file), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        found = {}
        for mart in snapshot.rows:
            described = connection.execute(f"describe {mart}").fetchall()
            ours = [f"round({name}, 9) as {name}" for name, kind, *_ in described if kind == "DOUBLE"]
            rounded = ", ".join([*ours, *(f"null as {name}" for name, *_ in described if name in without)])
            rows = f"(select *{f' replace ({rounded})' if rounded else ''} from {mart}"
            rows += f" where day = (select max(day) from {mart}))" if mart in newest_only else ")"
            row = connection.execute(f"select count(*), coalesce(bit_xor(hash(m)), 0) from {rows} m").fetchone()
            found[mart] = row or (0, 0)
    return found
