"""Both engines build the whole project from the same lake, four times over, and say the same each time."""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from analytics_platform.contracts import KEPT
from analytics_platform.reports.progress_data import cohorts, read
from analytics_platform.reports.video import compose
from analytics_platform.reports.video_forms import markdown
from analytics_platform.reports.video_writing import facts_of
from analytics_platform.upkeep.settling import MODELS, rows_sql
from analytics_platform.warehouse import dbt
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform_tests.bigquery.double import Double
from analytics_platform_tests.dbt_project.warehouse import Warehouse
from analytics_platform_tests.parity import edges
from analytics_platform_tests.parity.comparing import differences, models
from analytics_platform_tests.parity.engines import MODELS_ONLY, Engines
from analytics_platform_tests.parity.imports import COHORT, imported
from analytics_platform_tests.parity.mutations import BORDER, MUTATIONS, ancestors, mutate

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def engines(make_warehouse: Callable[..., Warehouse]) -> Iterator[Engines]:
    """DuckDB and the double; with BQ_REAL_PROJECT, DuckDB and that project's BigQuery."""
    warehouse = make_warehouse(platform_timezone=edges.ZONE)
    real = os.environ.get("BQ_REAL_PROJECT", "")
    if real:
        engines = Engines(warehouse, real, "", f"parity_{secrets.token_hex(4)}")
        yield engines
        engines.drop_datasets()
    else:
        with Double() as double:
            yield Engines(warehouse, "parity", double.endpoint, "analytics")


def agree(engines: Engines) -> None:
    lines = differences(engines.manifest(), engines.read_duckdb, engines.read_bigquery)
    assert not lines, "DuckDB and BigQuery do not say the same:\n" + "\n".join(lines)


def test_both_engines_say_the_same_and_each_mistake_turns_it_red(
    engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One story, in one test: its steps stand on each other, and test workers share nothing."""
    cold_by_a_backfill(engines)
    late_changed_and_emptied_rows_by_a_partition(engines)
    unchanged(engines)
    full_refresh(engines)
    upkeep_reads_what_it_keeps(engines)
    the_evening_message(engines)
    each_mistake_turns_it_red(engines, tmp_path, monkeypatch)


def cold_by_a_backfill(engines: Engines) -> None:
    engines.put(edges.lake() | imported())
    engines.build_duckdb()  # a run builds its days and every day whose input it has not seen, here all of them
    events = engines.run_dagster(edges.FIRST, edges.LAST)
    agree(engines)
    read = {node["name"]: engines.read_bigquery(node) for node in models(engines.manifest())}
    said = {event.asset_key.path[-1]: event.materialization.metadata for event in events if event.asset_key}
    assert said["model_usage"]["bytes billed"].value > 0  # a table; of views BigQuery says neither
    assert said["model_usage"]["dagster/row_count"].value == len(read["model_usage"].rows)
    with open_warehouse(engines.settings).reader() as reader:
        assert reader.snapshot.rows["exchanges"] == len(read["exchanges"].rows)


def late_changed_and_emptied_rows_by_a_partition(engines: Engines) -> None:
    engines.put(edges.later())
    engines.warehouse.empty("telemetry/events", edges.CHANGED)
    engines.build_duckdb(edges.CHANGED)
    engines.run_dagster(edges.CHANGED)
    agree(engines)


def unchanged(engines: Engines) -> None:
    before = {node["name"]: engines.read_bigquery(node) for node in models(engines.manifest())}
    engines.said.clear()
    engines.build_bigquery(edges.CHANGED, select=MODELS_ONLY)
    assert not [line for line in engines.said if line.startswith("Loaded")], "loaded again"
    after = {node["name"]: engines.read_bigquery(node) for node in models(engines.manifest())}
    assert {name: sorted(map(repr, r.rows)) for name, r in after.items()} == {
        name: sorted(map(repr, r.rows)) for name, r in before.items()
    }


def the_evening_message(engines: Engines) -> None:
    """What a report reads from either snapshot, through the one interface."""
    said, pages = [], []
    for warehouse in engines.published():
        with warehouse.reader() as reader:
            assert cohorts(reader) == [COHORT]
            said.append(asdict(read(reader, COHORT, date.fromisoformat(edges.CHANGED))))
            pages.append(markdown(compose(facts_of(reader, "drop"))))
    assert said[0] == said[1]
    assert pages[0] == pages[1]
    assert "asked the bot" in pages[0]
    for part in ("members", "lessons", "progress", "answers"):
        assert said[0][part], part


def full_refresh(engines: Engines) -> None:
    engines.build_duckdb()
    engines.build_bigquery(select=MODELS_ONLY)
    agree(engines)
    empty = [node["name"] for node in models(engines.manifest()) if not engines.read_bigquery(node).rows]
    assert not empty, "a mart without rows compares nothing"


def upkeep_reads_what_it_keeps(engines: Engines) -> None:
    days = [date.fromisoformat(edges.FIRST), date.fromisoformat(edges.LAST)]
    for path, (layer, model) in MODELS.items():
        rows = open_warehouse(engines.settings).built(layer, model, rows_sql(KEPT[path], days))
        assert rows.column_names == [column.name for column in KEPT[path].columns]
        assert rows.num_rows, path


def each_mistake_turns_it_red(engines: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five mistakes in a copy of the project, one a mart: each is found, and named with its model."""
    manifest = engines.manifest()
    mutated = mutate(dbt.DBT_PROJECT, tmp_path / "dbt_project", models(manifest), manifest)
    monkeypatch.setattr(dbt, "DBT_PROJECT", tmp_path / "dbt_project")
    with pytest.raises(AssertionError) as refused:
        engines.build_bigquery(select=sorted(mutated))
    for model, mistake in mutated.items():
        if mistake != BORDER:
            assert f"{model}: " in str(refused.value), f"{mistake} in {model} was not found"
            assert MUTATIONS[mistake].complaint in str(refused.value)
    (moved,) = (model for model, mistake in mutated.items() if mistake == BORDER)
    lines = differences(manifest, engines.read_duckdb, engines.read_bigquery)
    assert lines, "a day border moved by an hour was not found"
    ids = {node["name"]: node["unique_id"] for node in models(manifest)}
    named = {line.split(":")[0] for line in lines}
    assert moved in named
    assert all(ids[moved] in ancestors(manifest, ids[name]) for name in named), named  # views show what they stand on
    assert all("local_day is datetime.date" in line or "more of" in line for line in lines), lines
