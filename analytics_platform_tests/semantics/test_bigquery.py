"""Every metric and named query in BigQuery's words, for each kind of viewer: Google's analyzer accepts them."""

import pytest

from analytics_platform.semantics import ADMIN, Filter, Named, Query, Registry, Role, Viewer
from analytics_platform.semantics.asking import composed
from analytics_platform.semantics.errors import NotAllowed
from analytics_platform.semantics.guard import checked
from analytics_platform.semantics.registry import registry
from analytics_platform.semantics.roles import restrict
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import Snapshot
from analytics_platform_tests.bigquery.statements import Runner
from analytics_platform_tests.bigquery.storage import Column, Storage, Table
from analytics_platform_tests.bigquery.types import named
from analytics_platform_tests.semantics.organisation import HARBOUR, on
from analytics_platform_tests.semantics.snapshot import share_manifests

TYPES = {
    "text": "STRING",
    "integer": "INT64",
    "number": "FLOAT64",
    "money": "NUMERIC",
    "boolean": "BOOL",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "texts": "ARRAY<STRING>",
}
VIEWERS = [ADMIN, Viewer("v", Role.VIEWER), Viewer("t", Role.ANALYST, (HARBOUR,))]
VALUES = {"text": "x", "integer": 1, "number": 0.5, "boolean": True, "date": on(0)}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    home = tmp_path_factory.mktemp("bigquery") / "home"
    settings = Settings(platform_home=home, warehouse="bigquery", bigquery_project="project", _env_file=None)
    share_manifests(settings)
    return registry(settings)


@pytest.fixture(scope="module")
def runner(known: Registry) -> Runner:
    storage = Storage()
    storage.create_dataset("project", "readers", "EU", {}, exists_ok=True)
    for mart in known.marts.values():
        columns = [Column(name, named(TYPES[kind])) for name, kind, _ in mart.columns]
        storage.put(Table(("project", "readers", mart.name), columns))
    return Runner(storage, "project", "readers")


def snapshot(known: Registry) -> Snapshot:
    return Snapshot(
        "v", "f", "b", "2026-03-09T00:00:00+00:00", "2026-03-02", "2026-03-09", dict.fromkeys(known.marts, 1)
    )


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.name)
def test_google_accepts_every_metric(viewer: Viewer, known: Registry, runner: Runner) -> None:
    refused = {}
    # Roles are written around marts, not around metrics: one metric of each mart shows it.
    one_each = {metric.marts: metric for metric in known.metrics.values()}
    for metric in (known.metrics if viewer is ADMIN else {m.name: m for m in one_each.values()}).values():
        dimensions = [d for d in metric.dimensions if not d.is_entity]
        where = tuple(Filter(d.name, "is not null") for d in dimensions[:1])
        group_by = tuple(dict.fromkeys([*metric.needs, *(d.name for d in dimensions[:7])]))
        question = Query((metric.name,), group_by, where, "week", on(0), on(7), limit=5)
        sql = composed(known, question, viewer, snapshot(known))[0]
        try:
            runner.resolve(sql.encode())
        except Exception as error:  # each refusal is wanted in one list
            refused[metric.name] = f"{error}\n{sql}"
    assert not refused, "\n\n".join(f"{name}: {text}" for name, text in refused.items())


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.name)
def test_google_accepts_every_named_query(viewer: Viewer, known: Registry, runner: Runner) -> None:
    refused = {}
    for name, query in known.named.items():
        if not set(query.marts) <= set(known.marts):
            continue  # a mart that is not built yet
        for values in ({}, {p.name: VALUES[p.kind] for p in query.parameters}):
            needed = {p.name: VALUES[p.kind] for p in query.parameters if p.is_required}
            try:
                sql = composed(known, Named(name, needed | values, limit=5), viewer, snapshot(known))[0]
                runner.resolve(sql.encode())
            except NotAllowed:
                assert viewer is not ADMIN
            except Exception as error:  # each refusal is wanted in one list
                refused[name] = str(error)
    assert not refused


def test_google_accepts_what_the_guard_writes(known: Registry, runner: Runner) -> None:
    sql = "select cohort, countif(has_error) as n, safe_divide(1, 2) from exchanges group by cohort order by n limit 3"
    for viewer in VIEWERS:
        tree = restrict(checked(sql, "bigquery"), viewer, known.marts, dict.fromkeys(known.marts, 1), "bigquery")
        runner.resolve(tree.sql("bigquery").encode())
