"""What dbt is told, and what is made of its answers: pure functions, tried without dbt."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from analytics_platform.settings import Settings
from analytics_platform.warehouse.dbt import NodeResult, build_arguments, dbt_environment
from analytics_platform.warehouse.lineage import mart_tests, marts, steps
from analytics_platform.warehouse.manifest import manifest_path, project_digest

DAYS = [date(2026, 3, 2), date(2026, 3, 1)]


def test_a_range_of_days_is_told_by_its_ends(settings: Settings) -> None:
    told = dbt_environment(settings, DAYS)
    assert (told["DBT_FROM_DAY"], told["DBT_TO_DAY"]) == ("2026-03-01", "2026-03-02")
    assert told["DBT_WAREHOUSE_FILE"] == str(settings.warehouse_file)


def test_no_days_means_every_day(settings: Settings) -> None:
    told = dbt_environment(settings)
    assert (told["DBT_FROM_DAY"], told["DBT_TO_DAY"]) == ("", "")


def test_bigquery_is_told_by_settings_alone(settings: Settings) -> None:
    changes = {"warehouse": "bigquery", "bigquery_project": "p", "bigquery_max_gb_billed": 2}
    bigquery = settings.model_copy(update=changes)
    told = dbt_environment(bigquery, DAYS)
    assert (told["DBT_TARGET"], told["BIGQUERY_METHOD"], told["BIGQUERY_PROJECT"]) == ("bigquery", "oauth", "p")
    assert told["BIGQUERY_MAX_BYTES"] == "2000000000"
    with_key = dbt_environment(bigquery.model_copy(update={"bigquery_keyfile": "key.json"}))
    assert (with_key["BIGQUERY_METHOD"], with_key["BIGQUERY_KEYFILE"]) == ("service-account", "key.json")


def test_a_selection_is_one_argument(settings: Settings, tmp_path: Path) -> None:
    assert "--select" not in build_arguments(settings, tmp_path)
    assert build_arguments(settings, tmp_path, ["+users", "+lessons"])[-2:] == ["--select", "+users +lessons"]


@pytest.mark.parametrize(
    ("status", "succeeded", "ran"),
    [
        ("success", True, True),
        ("pass", True, True),
        ("warn", True, True),
        ("fail", False, True),
        ("error", False, True),
        ("skipped", False, False),
    ],
)
def test_a_status_says_whether_it_is_good(status: str, succeeded: bool, ran: bool) -> None:
    result = NodeResult("model.x", status, 0.1, "", None)
    assert (result.succeeded, result.ran) == (succeeded, ran)


def node(kind: str, name: str, layer: str = "marts", **more: object) -> dict[str, object]:
    common: dict[str, object] = {
        "resource_type": kind,
        "name": name,
        "unique_id": f"{kind}.p.{name}",
        "fqn": ["p", layer, name],
    }
    common |= {"raw_code": "select 1", "original_file_path": f"models/{layer}/{name}.sql", "database": "warehouse"}
    common |= {"schema": "main", "alias": name}
    return common | {"description": f" {name}. ", "columns": {}, "config": {"severity": "ERROR"}} | more


MANIFEST = {
    "nodes": {
        "model.p.users": node("model", "users", columns={"id": {"name": "id", "data_type": "text", "description": ""}}),
        "model.p.steps": node("model", "steps", "intermediate"),
        "model.p.views": node("model", "views", "staging"),
        "test.p.t1": node("test", "t1", attached_node="model.p.users", unique_id="test.p.t1"),
        "test.p.t2": node("test", "t2", depends_on={"nodes": ["model.p.steps"]}, unique_id="test.p.t2"),
    },
    "sources": {"source.p.xapi.statements": {"source_name": "xapi", "name": "statements"}},
    "parent_map": {
        "model.p.users": ["model.p.steps"],
        "model.p.steps": ["model.p.views"],
        "model.p.views": ["source.p.xapi.statements"],
    },
    "child_map": {"model.p.users": ["test.p.t1"], "model.p.steps": ["test.p.t2", "model.p.users"]},
}


def test_a_mart_is_made_of_its_steps_and_the_sources_behind_them() -> None:
    (users,) = marts(MANIFEST)
    assert (users.name, users.description) == ("users", "users.")
    assert users.inputs == (("steps", "steps"), ("xapi", "statements"))
    assert (users.table, users.file) == ("warehouse.main.users", "models/marts/users.sql")
    assert [(step.name, step.inputs) for step in steps(MANIFEST)] == [
        ("steps", (("steps", "views"),)),
        ("views", (("xapi", "statements"),)),
    ]


def test_a_test_that_compares_models_speaks_for_the_one_that_its_meta_names() -> None:
    config = {"severity": "WARN", "meta": {"dagster": {"ref": {"name": "lessons"}}}}
    compared = node("test", "t3", depends_on={"nodes": ["model.p.users"]}, unique_id="test.p.t3", config=config)
    (test,) = mart_tests(MANIFEST | {"nodes": {"test.p.t3": compared}})
    assert (test.mart, test.warns_only) == ("lessons", True)


def test_several_ranges_are_told_by_their_ends(settings: Settings) -> None:
    told = dbt_environment(settings, [*DAYS, date(2026, 3, 9)])
    assert (told["DBT_FROM_DAY"], told["DBT_TO_DAY"]) == ("2026-03-01,2026-03-09", "2026-03-02,2026-03-09")


def test_a_test_of_a_step_speaks_for_the_mart_below() -> None:
    assert [(test.name, test.mart) for test in mart_tests(MANIFEST)] == [("t1", "users"), ("t2", "users")]


def test_a_changed_model_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "model.sql").write_text("select 1")
    before = project_digest(tmp_path)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "x.sql").write_text("noise")
    assert project_digest(tmp_path) == before
    (tmp_path / "model.sql").write_text("select 2")
    assert project_digest(tmp_path) != before


def test_processes_that_start_together_parse_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[Sequence[str]] = []

    def slow_parse(
        arguments: Sequence[str], _environment: Mapping[str, str], _log: Callable[[str], None]
    ) -> "subprocess.CompletedProcess[str]":
        parsed.append(arguments)
        time.sleep(0.1)
        target = Path(arguments[arguments.index("--target-path") + 1])
        for name in ("manifest.json", "semantic_manifest.json"):
            (target / name).write_text("{}")
        return subprocess.CompletedProcess([], 0, "")

    monkeypatch.setattr("analytics_platform.warehouse.manifest.run_dbt", slow_parse)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: manifest_path(settings), range(4)))
    assert len(parsed) == 1
    assert [path.read_text() for path in found] == ["{}"]
