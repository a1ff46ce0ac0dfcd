"""Labels on chats as daily assets, and the sensor that starts categorization when days of conversations have come.

Within the daily job they are made before the marts. Whoever materialises a source alone gets them by the sensor: it
looks at what is not labelled, not at what a run said, so that a run that died is not forgotten. Does not live here: any
of the labelling (``enrichment.chats``).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

import dagster as dg
from dagster import AssetSelection

from analytics_platform.contracts import CHAT_LABELS, LakeTable
from analytics_platform.defs.automation import gave_up
from analytics_platform.defs.days import ONE_RUN, OWNERS, RANGE_END, RANGE_START, daily, days_of
from analytics_platform.defs.marts import PUBLISHED
from analytics_platform.defs.setting_groups import settings_of
from analytics_platform.defs.sources import column_schema
from analytics_platform.enrichment.chats.chat_versions import unlabelled_days
from analytics_platform.lake import open_lake
from analytics_platform.lake.ranges import ranges
from analytics_platform.settings import Settings

JOB, SENSOR = "categorize", "conversations_materialised"
MESSAGES = dg.AssetKey(["nocodb", "messages"])
LABELLED = (CHAT_LABELS["labels/exchanges"], CHAT_LABELS["labels/conversations"])
CHECK = "every_turn_once"
MOST_ATTEMPTS = 3
Event = dg.MaterializeResult[None] | dg.AssetCheckResult


def chat_label_assets(settings: Settings) -> dg.AssetsDefinition:
    key = dg.AssetKey(["labels", "exchanges"])

    @dg.multi_asset(
        name="label_chats",
        specs=[_spec(table) for table in LABELLED],
        check_specs=[
            dg.AssetCheckSpec(
                CHECK, asset=key, description="Each exchange with a text of the user has one row of labels."
            )
        ],
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        pool="labels",
        required_resource_keys={"llm"},
    )
    def label_chat_days(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        # Imported here: the sensors and pages that load these definitions need no model.
        from analytics_platform.enrichment.chats.chat_checks import every_turn_once
        from analytics_platform.enrichment.chats.chat_labeller import label_chats

        days = days_of(context)
        made = label_chats(settings_of(context, settings, ["llm"]), days)
        unasked = sum(day.unasked for day in made)
        if unasked:
            context.log.warning(
                f"{unasked} texts could not be asked about (the spending limit of the day, or the endpoint): they are"
                " unknown now. What the limit left is asked on the next day, what the endpoint left within hours."
            )
        counts = {"labels/exchanges": [d.turns for d in made], "labels/conversations": [d.conversations for d in made]}
        for table in LABELLED:
            for day, count in zip(made, counts[table.path], strict=True):
                metadata: dict[str, Any] = {"dagster/partition_row_count": count, "labelled anew": day.labelled}
                context.add_asset_metadata(metadata, asset_key=_key(table), partition_key=str(day.day))
            facts = {"dagster/row_count": sum(counts[table.path]), "texts labelled anew": sum(d.labelled for d in made)}
            yield dg.MaterializeResult(asset_key=_key(table), metadata={**facts, "texts left unasked": unasked})
        finding = every_turn_once(open_lake(settings), days)
        yield dg.AssetCheckResult(
            asset_key=key, check_name=CHECK, passed=finding.passed, description=finding.message, metadata=finding.facts
        )

    return label_chat_days


def translation_asset(settings: Settings) -> dg.AssetsDefinition:
    table = CHAT_LABELS["labels/translations"]

    @dg.asset(
        key=_key(table),
        deps=[MESSAGES, _key(LABELLED[0])],
        description=f"{table.description} {table.grain} TRANSLATE_TO names the language; without it nothing is asked.",
        group_name="labels",
        kinds={"openai", "parquet"},
        owners=OWNERS,
        metadata={"dagster/column_schema": column_schema(table), "key": table.key},
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        pool="labels",
        required_resource_keys={"llm"},
    )
    def translations(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        own = settings_of(context, settings, ["llm"])
        if not own.translate_to or not own.llm_model:
            said = "TRANSLATE_TO and LLM_MODEL are not both set: nothing was translated and nothing is stored."
            return dg.MaterializeResult(metadata={"dagster/row_count": 0, "why": said})
        from analytics_platform.enrichment.chats.translating import translate_days
        from analytics_platform.enrichment.chats.translator import open_translator

        with open_translator(own, own.translate_to) as translator:
            done = translate_days(own, days_of(context), translator)
        left, reasons = sum(day.left for day in done), sorted({day.reason for day in done if day.reason})
        if left:
            context.log.warning(
                f"{left} exchanges are left: {'; '.join(reasons)}. They are asked for again by themselves: what the"
                " limit left on the next day, the rest within hours."
            )
        for day in done:
            facts = {"dagster/partition_row_count": day.translated + day.already, "left": day.left}
            context.add_asset_metadata(facts, partition_key=str(day.day))
        facts = {"translated anew": sum(day.translated for day in done), "left": left}
        return dg.MaterializeResult(metadata={**facts, "there before": sum(day.already for day in done)})

    return translations


def categorize_job(apart: AssetSelection) -> "dg.UnresolvedAssetJobDefinition":
    labels = AssetSelection.assets(*(_key(table) for table in LABELLED))
    # Steps are shown below the labels and nothing executes them by themselves.
    below = labels.downstream().materializable() - AssetSelection.groups("reports", "insights", "exports")
    return dg.define_asset_job(
        JOB,
        selection=(below | AssetSelection.assets(PUBLISHED)) - apart,
        description="Labels on the chats of a day or a range of days, the marts made of them, and the snapshot.",
    )


def chats_sensor(settings: Settings, job: "dg.UnresolvedAssetJobDefinition") -> dg.SensorDefinition:
    @dg.sensor(
        job=job,
        name=SENSOR,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts categorization for days whose conversations were materialised and are not labelled yet."
        f" A state that fails {MOST_ATTEMPTS} times is not asked for again until it changes.",
    )
    def conversations_materialised(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        waiting = unlabelled_days(open_lake(settings))
        days = list(waiting)
        if not days:
            return dg.SensorResult(skip_reason=dg.SkipReason("Every day of conversations is labelled."))
        if _running(context.instance):
            return dg.SensorResult(skip_reason=dg.SkipReason("A run that labels is under way: it comes first."))
        state = sha256(repr(waiting).encode()).hexdigest()[:12]
        attempt = _attempt(context.cursor, state)
        if attempt > MOST_ATTEMPTS:
            return dg.SensorResult(skip_reason=dg.SkipReason(gave_up([(days[0], days[-1])])))
        requests = [_request(span, state, attempt) for span in ranges(days)]
        return dg.SensorResult(run_requests=requests, cursor=f"{state}:{attempt}")

    return conversations_materialised


def _request(span: tuple[date, date], state: str, attempt: int) -> dg.RunRequest:
    first, last = span
    return dg.RunRequest(
        run_key=f"categorize:{first}..{last}-{state}-{attempt}", tags={RANGE_START: str(first), RANGE_END: str(last)}
    )


def _attempt(cursor: str | None, state: str) -> int:
    """How often this state has been asked for, this time included."""
    known, _, count = (cursor or "").partition(":")
    return int(count) + 1 if known == state else 1


def _running(instance: dg.DagsterInstance) -> bool:
    """Whether a run is on its way that labels chats: the daily job does."""
    busy: Sequence[dg.DagsterRunStatus] = (
        dg.DagsterRunStatus.QUEUED,
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
    )
    runs = instance.get_runs(dg.RunsFilter(statuses=list(busy)), limit=50)
    return any(run.job_name in (JOB, "daily", "evening") for run in runs)


def _key(table: LakeTable) -> dg.AssetKey:
    return dg.AssetKey([table.source, table.name])


def _spec(table: LakeTable) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=_key(table),
        deps=[MESSAGES],
        description=f"{table.description} {table.grain}",
        group_name="labels",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        metadata={"dagster/column_schema": column_schema(table), "key": table.key},
    )
