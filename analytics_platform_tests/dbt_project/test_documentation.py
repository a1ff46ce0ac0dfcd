"""Every column is documented and every documented column exists; every description ends with the grain."""

import re

import pytest

from analytics_platform.contracts.dbt_sources import SOURCES_FILE, dbt_sources
from analytics_platform.contracts.model import TYPES


def models(dbt):
    return [node for node in dbt.manifest.nodes.values() if node.resource_type == "model"]


def test_the_sources_file_is_what_the_contracts_say():
    assert SOURCES_FILE.read_text(encoding="utf-8") == dbt_sources(), (
        "contracts changed: run analytics_platform.contracts.dbt_sources.write_dbt_sources()"
    )


def test_every_description_ends_with_its_grain(dbt):
    # Notes may follow the grain after a semicolon or comma, not a further sentence.
    without = [
        m.name for m in models(dbt) if not re.search(r"One row per [^.]+(\(UTC\)[^.]*)?\.$", m.description.strip())
    ]
    assert not without


def test_every_column_is_documented_with_a_known_type(dbt):
    gaps = [
        f"{model.name}.{column.name}"
        for model in models(dbt)
        for column in model.columns.values()
        if not column.description.strip() or column.data_type not in TYPES
    ]
    assert not gaps


def test_a_step_that_names_days_is_a_part_of_one_model(dbt):
    """It reads the days that this model builds, those opened again included (``model_to_build``)."""

    def built(model):
        below = [child for child in models(dbt) if model.unique_id in child.depends_on.nodes]
        found = [built(child) if child.config.materialized == "ephemeral" else {child.name} for child in below]
        return set().union(*found)

    parts = [m for m in models(dbt) if m.config.materialized == "ephemeral" and "in_days(" in m.raw_code]
    assert {m.name: len(built(m)) for m in parts} == dict.fromkeys(
        ("int_video_list_pieces", "int_video_ordered_signals", "int_video_viewings"), 1
    )


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    """Every model, of an empty lake."""
    warehouse = make_warehouse()
    warehouse.build()
    return warehouse


def test_the_examples_beside_the_models_hold(warehouse):
    warehouse.command = "test"
    warehouse.build(select="test_type:unit")
    assert len(warehouse.dbt.manifest.unit_tests) == 5


def test_documented_columns_are_the_built_ones_in_their_order(dbt, warehouse):
    built = dict(
        warehouse.rows("""
            select table_name, list(column_name || ' ' || data_type order by column_index)
            from duckdb_columns() where schema_name in ('staging', 'intermediate', 'facts', 'main') and not internal
            group by table_name
        """)
    )
    documented = {
        model.name: [f"{column.name} {duckdb_type(column.data_type)}" for column in model.columns.values()]
        for model in models(dbt)
        if model.config.materialized != "ephemeral"  # nothing is built; test_bigquery.py compares these
    }
    assert built == documented


def test_each_layer_has_its_schema(dbt):
    assert {(model.fqn[1], model.schema) for model in models(dbt)} == {
        ("staging", "staging"),
        ("intermediate", "intermediate"),
        ("facts", "facts"),
        ("marts", "main"),
    }


def duckdb_type(word):
    return TYPES[word][0].replace("DECIMAL(38, 9)", "DECIMAL(38,9)")


def test_a_view_names_each_step_once(dbt):
    # DuckDB 2.0 forgets the limit of a query over a view whose common table expression is read twice.
    views = [model for model in models(dbt) if model.config.materialized == "view" and model.fqn[1] == "marts"]
    assert {view.name for view in views} == {
        "activity_completions",
        "exchanges",
        "first_tries",
        "lesson_progress",
        "sessions",
        "user_activities",
        "user_engagement_daily",
        "user_responses",
        "video_views",
    }
    for view in views:
        for step in re.findall(r"^(\w+) as \($", view.raw_code, re.MULTILINE):
            read = re.findall(rf"\b(?:from|join) {step}\b", view.raw_code)
            assert len(read) == 1, f"{view.name} reads {step} {len(read)} times"
