"""Google's analyzer accepts every model and test as BigQuery SQL, with the types that the yml promises.

The project is compiled for the BigQuery target without a network; models are analysed in the order of their
references, and what one returns is what the next one finds.
"""

import copy
import socket

import pytest
from dbt.cli.main import dbtRunner

from analytics_platform.contracts import LAKE_TABLES, TYPES
from analytics_platform_tests.bigquery.analyzer import BigQuery, Refused
from analytics_platform_tests.dbt_project.warehouse import PROJECT

OFFLINE = ["--no-introspect", "--no-populate-cache"]


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    """The project compiled for BigQuery, for a range of days. A look at the network would raise."""

    def no_network(*_):
        raise AssertionError("compiling for BigQuery opened a connection")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", no_network)
        patch.setenv("BIGQUERY_METHOD", "oauth-secrets")
        patch.setenv("BIGQUERY_TOKEN", "anything")
        arguments = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--quiet"]
        arguments += ["--target-path", str(tmp_path_factory.mktemp("target")), "--log-level-file", "none"]
        arguments += ["--vars", "{platform_timezone: Europe/Berlin}"]
        patch.setenv("DBT_FROM_DAY", "2026-03-01")
        patch.setenv("DBT_TO_DAY", "2026-03-02")
        manifest = dbtRunner().invoke(["parse", "--target", "bigquery", *arguments]).result
        assert manifest is not None
        result = dbtRunner(manifest=manifest).invoke(["compile", "--target", "bigquery", *OFFLINE, *arguments])
    assert result.success, result.exception
    return manifest


@pytest.fixture(scope="module")
def nodes(manifest):
    """Compiled models (the ephemeral ones too) and tests, each after what it refers to."""
    waiting = {name: node for name, node in manifest.nodes.items() if node.compiled_code.strip()}  # hooks are DuckDB's
    ordered = []
    while waiting:
        ready = [node for node in waiting.values() if not waiting.keys() & set(node.depends_on.nodes)]
        assert ready, f"a circle of references among {sorted(waiting)}"
        ordered += ready
        for node in ready:
            del waiting[node.unique_id]
    return ordered


@pytest.fixture(scope="module")
def lake():
    """BigQuery with the lake's tables, as the contracts type them."""
    bigquery = BigQuery()
    for table in LAKE_TABLES.values():
        columns = {column.name: column.bigquery_type for column in table.all_columns}
        bigquery.add("project", "analytics_lake", f"{table.source}_{table.name}", columns)
    return bigquery


def check(bigquery, node):
    """Analyse one node; a message names it and Google's objection or the column that differs from the yml."""
    try:
        found = bigquery.query(node.compiled_code)
    except Refused as refused:
        raise AssertionError(f"{node.name} is no BigQuery SQL: {refused}") from None
    if node.resource_type == "model":
        promised = {column.name: TYPES[column.data_type][1] for column in node.columns.values()}
        differences = [
            f"{name} is {found.get(name, 'absent')}, its yml says {promised.get(name, 'nothing')}"
            for name in {**found, **promised}
            if found.get(name) != promised.get(name)
        ]
        assert not differences, f"{node.name}: {'; '.join(differences)}"
        bigquery.add(node.database, node.schema, node.alias, found)


@pytest.fixture(scope="module")
def bigquery(lake, nodes):
    for node in nodes:
        check(lake, node)
    return lake


def test_google_accepts_every_model_and_test(bigquery, nodes):
    assert {name for _, name, _ in bigquery.tables} == {
        "analytics_lake",
        "analytics_staging",
        "analytics_intermediate",
        "analytics_facts",
        "analytics_marts",
    }
    assert len(nodes) > 50


def test_facts_replace_a_fixed_list_of_whole_days(nodes):
    # before=1, after=7 of the two days asked for: 2026-02-28 to 2026-03-09.
    activities = next(node for node in nodes if node.name == "fact_activities")
    config = activities.config
    assert config.materialized == "incremental"
    assert config.get("incremental_strategy") == "insert_overwrite"
    assert config.get("partition_by") == {"field": "day", "data_type": "date"}
    partitions = config.get("partitions")
    assert (partitions[0], partitions[-1], len(partitions)) == ("date '2026-02-28'", "date '2026-03-09'", 10)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("answers.event_time::date as responded_at", "fact_responses is no BigQuery SQL: .*Syntax error"),
        (
            "epoch_us(answers.event_time) as responded_at",
            "fact_responses is no BigQuery SQL: .*Function not found: epoch_us",
        ),
        ("answers.happened as responded_at", "fact_responses is no BigQuery SQL: .*Name happened not found"),
        ("answers.verb as responded_at", "fact_responses: responded_at is STRING, its yml says TIMESTAMP"),
        ("answers.event_time as answered_at", "answered_at is TIMESTAMP, its yml says nothing"),
    ],
)
def test_a_mistake_is_found_and_named(bigquery, nodes, wrong, complaint):
    right = "answers.event_time as responded_at"
    node = copy.copy(next(node for node in nodes if node.name == "fact_responses"))
    check(bigquery, node)
    assert right in node.compiled_code
    node.compiled_code = node.compiled_code.replace(right, wrong)
    with pytest.raises(AssertionError, match=complaint):
        check(bigquery, node)
