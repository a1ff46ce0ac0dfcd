"""The dbt marts as assets and dbt's tests as their checks, built for the days of the run by one ``dbt build``.

What dbt is told and what it answered live in ``warehouse.dbt``, what the project looks like in ``warehouse.lineage``;
here they become Dagster's words. Every mart has the daily partitions, also those that are made whole: Dagster makes a
run for each partitions definition of a backfill, and a run without days would build marts of today. The steps between
sources and marts are shown with their SQL and cost no event, because they are not materialised by themselves: an event
takes about 3 ms, and 37 steps on 263 days would be 9,700 of them.

Why not dagster-dbt: measured here with 58 models, an empty day took 15.2 s with this module, 20.5 s with
``@dbt_assets``, 39.6 s with its row counts and column lineage, which fails for 22 of the models; definitions load in
1.2 s instead of 3.0 s, without seven more packages; and its ``fetch_*`` keeps DuckDB open in Dagster's process. It
would win with hundreds of models or a remote warehouse only.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import orjson

from analytics_platform.defs.days import ONE_RUN, OWNERS, daily, days_of, retry_later
from analytics_platform.defs.setting_groups import settings_of
from analytics_platform.errors import WarehouseBusy
from analytics_platform.settings import Settings
from analytics_platform.warehouse import dbt
from analytics_platform.warehouse.building import build_marts
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.failing_rows import sample
from analytics_platform.warehouse.lineage import MartTest, Model, mart_tests, marts, personal_columns, steps
from analytics_platform.warehouse.tables import TableFacts

POOL = "warehouse"
MOST_SAMPLES = 3  # failed tests of a run whose rows are shown: each costs a start of dbt
PUBLISHED = dg.AssetKey(["published", "marts"])
PUBLISHED_INSIGHTS = dg.AssetKey(["published", "insights"])
Event = dg.MaterializeResult[None] | dg.AssetCheckResult


def mart_key(mart: str) -> dg.AssetKey:
    return dg.AssetKey(["marts", mart])


def mart_assets(settings: Settings, manifest_file: Path, of_insights: bool = False) -> dg.AssetsDefinition:
    """The marts of the sources, or those that show what was found in the snapshot (``defs.insights``)."""
    warehouse = open_warehouse(settings)
    manifest = orjson.loads(manifest_file.read_bytes())
    known = {mart.unique_id: mart for mart in marts(manifest) if mart.is_of_insights == of_insights}
    names = {mart.name for mart in known.values()}
    tests = {test.unique_id: test for test in mart_tests(manifest) if test.mart in names}
    published = PUBLISHED_INSIGHTS if of_insights else PUBLISHED
    by_name, personal = {mart.name: mart for mart in known.values()}, personal_columns(manifest)
    made_of: dict[str, set[str]] = {}
    for mart in marts(manifest):
        for path in mart.inputs:
            made_of.setdefault("/".join(path), set()).add(mart.name)

    @dg.multi_asset(
        name="dbt_insights" if of_insights else "dbt_build",
        specs=[_spec(mart, warehouse.kind) for mart in known.values()],
        check_specs=[_check_spec(test) for test in tests.values()],
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        can_subset=True,
        pool=POOL,
        required_resource_keys={"warehouse"},
    )
    def dbt_build(context: dg.AssetExecutionContext) -> Iterator[Event]:
        days, own = days_of(context), settings_of(context, settings, ["warehouse"])

        def samples(results: Sequence[dbt.NodeResult]) -> dict[str, str]:
            failed = [tests[one.unique_id] for one in results if one.failures and one.unique_id in tests]
            return {
                test.unique_id: sample(own, test, by_name[test.mart], personal, context.log.warning)
                for test in failed[:MOST_SAMPLES]
            }

        some = context.is_subset or of_insights
        select = [f"+{key.path[-1]}" for key in sorted(context.selected_asset_keys)] if some else []
        try:
            if context.is_subset and not select:
                results = _run_tests(own, context, tests)
                yield from _checked(context, results, tests, samples(results))
                return
            chosen = {key.path[-1] for key in context.selected_asset_keys}
            read = [path for path, names in made_of.items() if names <= chosen]
            results = build_marts(own, days, select, context.run.run_id, context.log.info, read)
        except WarehouseBusy as error:
            raise retry_later(context, error) from error
        failed = [result for result in results if not result.succeeded]
        publishes = published in context.job_def.asset_layer.selected_asset_keys and not failed
        # Each event takes milliseconds, so the copy is made beside them.
        drafting = warehouse.drafting(context.run.run_id, datetime.now(UTC), context.log.info)
        with drafting if publishes else nullcontext():
            facts = warehouse.describe({mart.name: mart.personal for mart in known.values()})
            yield from _materialized(context, results, known, facts)
            yield from _checked(context, results, tests, samples(results))
        if failed:
            said = "; ".join(f"{r.unique_id}: {r.status} {r.message}".strip() for r in failed[:10])
            remedy = " After an update: analytics-platform warehouse rebuild." if "out of sync" in said else ""
            raise dg.Failure(f"dbt built not everything, and nothing is published: {said}{remedy}", allow_retries=False)

    return dbt_build


def step_assets(settings: Settings, manifest_file: Path) -> list[dg.AssetSpec]:
    """The models on the way to the marts, as a person wants to look them up."""
    engine, manifest = open_warehouse(settings).kind, orjson.loads(manifest_file.read_bytes())
    return [
        dg.AssetSpec(
            key=dg.AssetKey(["steps", step.name]),
            deps=[dg.AssetKey(list(path)) for path in step.inputs],
            description=step.description,
            group_name="steps",
            kinds={"dbt", engine},
            owners=OWNERS,
            metadata=_definition(step),
        )
        for step in steps(manifest)
    ]


def _run_tests(
    settings: Settings, context: dg.AssetExecutionContext, tests: Mapping[str, MartTest]
) -> list[dbt.NodeResult]:
    """The selected checks alone, over every day: nothing is built."""
    asked = {(key.asset_key, key.name) for key in context.selected_asset_check_keys}
    names = sorted(test.name for test in tests.values() if (mart_key(test.mart), test.name) in asked)
    return dbt.build(settings, [], names, context.log.info)


def _definition(model: Model) -> dict[str, Any]:
    columns = [dg.TableColumn(name, type or "?", description=text) for name, type, text in model.columns]
    file = dg.LocalFileCodeReference(file_path=str(dbt.DBT_PROJECT / model.file), line_number=1, label=model.file)
    return {
        "dagster/column_schema": dg.TableSchema(columns=columns),
        "dagster/table_name": model.table,
        "dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[file]),
        "SQL": dg.MetadataValue.md(f"```sql\n{model.sql.strip()}\n```"),
    }


def _spec(mart: Model, engine: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=mart_key(mart.name),
        deps=[dg.AssetKey(list(path)) for path in mart.inputs],
        description=mart.description,
        group_name="insights" if mart.is_of_insights else "marts",
        kinds={"dbt", engine},
        owners=OWNERS,
        metadata=_definition(mart),
        skippable=True,  # a mart whose parent failed is not built, and the run says so
    )


def _check_spec(test: MartTest) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        test.name, asset=mart_key(test.mart), description=test.description, blocking=not test.warns_only
    )


def _materialized(
    context: dg.AssetExecutionContext,
    results: Sequence[dbt.NodeResult],
    known: Mapping[str, Model],
    facts: Mapping[str, TableFacts],
) -> Iterator[Event]:
    for result in results:
        mart = known.get(result.unique_id)
        if mart and result.succeeded and mart_key(mart.name) in context.selected_asset_keys:
            billed = {} if result.bytes_billed is None else {"bytes billed": result.bytes_billed}
            metadata = {"seconds": result.seconds, **billed, **_facts(facts.get(mart.name))}
            yield dg.MaterializeResult(asset_key=mart_key(mart.name), metadata=metadata)


def _checked(
    context: dg.AssetExecutionContext,
    results: Sequence[dbt.NodeResult],
    tests: Mapping[str, MartTest],
    samples: Mapping[str, str],
) -> Iterator[Event]:
    for result in results:
        test = tests.get(result.unique_id)
        if (
            test
            and result.ran
            and dg.AssetCheckKey(mart_key(test.mart), test.name) in context.selected_asset_check_keys
        ):
            yield dg.AssetCheckResult(
                asset_key=mart_key(test.mart),
                check_name=test.name,
                passed=result.status == "pass",
                severity=dg.AssetCheckSeverity.WARN if test.warns_only else dg.AssetCheckSeverity.ERROR,
                metadata={
                    "failures": result.failures or 0,
                    "message": result.message or "passed",
                    **_rows(test, result, samples.get(test.unique_id)),
                },
            )


def _rows(test: MartTest, result: dbt.NodeResult, found: str | None) -> dict[str, Any]:
    """A few failing rows, and how to get all of them."""
    if not result.failures:
        return {}
    rows = {"some of the rows": dg.MetadataValue.md(found)} if found else {}
    return {**rows, "all rows": f"analytics-platform checks rows marts/{test.mart} {test.name}"}


def _facts(facts: TableFacts | None) -> dict[str, Any]:
    if facts is None:
        return {}
    return {"dagster/row_count": facts.rows, "preview": dg.MetadataValue.md(facts.preview)}
