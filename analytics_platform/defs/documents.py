"""Periodic reports as assets by day, ISO week and month; the sensor that asks for closed periods; the daily posting.

Does not live here: what a report says (``reports.documents``), who gets it (``alerts.posting``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from analytics_platform.alerts.posting import latest_closed, plan, post
from analytics_platform.defs.check_states import failing_checks
from analytics_platform.defs.days import OWNERS, daily
from analytics_platform.defs.marts import PUBLISHED
from analytics_platform.defs.setting_groups import settings_of
from analytics_platform.defs.under_way import partitions_under_way
from analytics_platform.operations.waiting import waiting_days
from analytics_platform.reports.documents.document import KINDS
from analytics_platform.reports.documents.periods import Grain, Period, period_of
from analytics_platform.reports.documents.report_files import made_from, write_reports
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.publishing import Snapshot

NAMES: dict[Grain, str] = {"day": "daily", "week": "weekly", "month": "monthly"}
# A closed period is written again for a newer snapshot while late data is likely, and not at every publish.
AGAIN_FOR = {"day": timedelta(days=3), "week": timedelta(days=7), "month": timedelta(days=10)}
# Until when a report is held back because days of its period wait to be built: then it comes as it is.
WAITED_FOR = timedelta(days=1)
# How far back periods are looked for that closed while the platform stood still. A report that is there ends the
# search, and before the first one nothing was missed: history is no reason to write a year of reports.
MISSED = {"day": 14, "week": 5, "month": 3}
NOT_WITHIN = {"day": timedelta(hours=1), "week": timedelta(hours=6), "month": timedelta(days=1)}


def key(grain: Grain) -> dg.AssetKey:
    return dg.AssetKey(["reports", NAMES[grain]])


def partitions(settings: Settings, grain: Grain) -> dg.PartitionsDefinition:
    """Keys are first days. A period is there from its first day on: a report of a running one says so at its top."""
    first = period_of(grain, settings.platform_first_partition or settings.platform_first_day).first
    if grain == "day":
        return daily(settings)
    if grain == "week":
        return dg.WeeklyPartitionsDefinition(start_date=str(first), day_offset=1, end_offset=1)
    return dg.MonthlyPartitionsDefinition(start_date=str(first), end_offset=1)


def report_assets(settings: Settings, checks: set[dg.AssetCheckKey]) -> list[dg.AssetsDefinition]:
    """``checks`` are those whose failures a report tells at its top."""
    return [_report_asset(settings, grain, checks) for grain in NAMES]


def report_jobs() -> "list[dg.UnresolvedAssetJobDefinition]":
    return [
        dg.define_asset_job(
            f"reports_{name}", selection=[key(grain)], description=f"The {name} reports, from what is published."
        )
        for grain, name in NAMES.items()
    ]


def _report_asset(settings: Settings, grain: Grain, checks: set[dg.AssetCheckKey]) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(grain),
        description=f"The reports of a {grain}: {', '.join(KINDS)}; HTML, Markdown and CSV below reports/ in"
        " PLATFORM_HOME. One folder per report and period.",
        deps=[PUBLISHED],
        partitions_def=partitions(settings, grain),
        backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=1),
        group_name="reports",
        kinds={"markdown"},
        owners=OWNERS,
    )
    def reports_of_period(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        period = period_of(grain, date.fromisoformat(context.partition_key))
        failing = failing_checks(context.instance, checks)
        written = write_reports(settings, KINDS, period, failing)
        previews = {f"{one.document.kind} report": dg.MetadataValue.md(one.text.read_text("utf-8")) for one in written}
        return dg.MaterializeResult(
            metadata={
                "period": period.title,
                **previews,
                "recommendations": sum(len(one.document.advice) for one in written),
                "failed blocking checks": len(failing),
                "pages of all periods": dg.MetadataValue.path(str(settings.reports_folder / "index.html")),
            }
        )

    return reports_of_period


@dataclass(frozen=True)
class Candidate:
    """A closed period with what is known of its report; ``written_from`` is None where there is none."""

    period: Period
    written_from: str | None
    written_at: datetime | None


def due(found: Sequence[Candidate], snapshot: Snapshot, now: datetime) -> list[Period]:
    """Periods whose report is to be written now: closed, all their days published, and new or grown old. Pure."""
    first_day, last_day = (date.fromisoformat(day) if day else None for day in (snapshot.first_day, snapshot.last_day))
    asked = []
    for one in found:
        if first_day is None or last_day is None or not first_day <= one.period.last <= last_day:
            continue
        if one.written_from is None or one.written_at is None:
            asked.append(one.period)
        elif one.written_from != snapshot.version:
            age = now.date() - one.period.last
            grain = one.period.grain
            if age <= AGAIN_FOR[grain] and now - one.written_at >= NOT_WITHIN[grain]:
                asked.append(one.period)
    return asked


def closed_periods_sensor(settings: Settings, jobs: "Sequence[dg.UnresolvedAssetJobDefinition]") -> dg.SensorDefinition:
    @dg.sensor(
        jobs=jobs,
        name="closed_periods",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for the reports of the last whole day, week and month once their days are published, again"
        " for a newer snapshot while late data is likely, and for those before that were missed. Once for a period and"
        " a snapshot.",
    )
    def closed_periods(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        snapshot, now = open_warehouse(settings).current(), datetime.now(UTC)
        if snapshot is None:
            return dg.SensorResult(skip_reason=dg.SkipReason("Nothing is published yet."))
        today = now.astimezone(ZoneInfo(settings.platform_timezone)).date()
        found = [one for period in latest_closed(today) for one in _candidates(settings, period)]
        waiting = waiting_days(settings)
        comes = partitions_under_way(context.instance, [f"reports_{name}" for name in NAMES.values()])
        requests = [
            dg.RunRequest(
                run_key=f"{period.key}:{snapshot.version}",
                job_name=f"reports_{NAMES[period.grain]}",
                partition_key=str(period.first),
            )
            for period in due(found, snapshot, now)
            if (f"reports_{NAMES[period.grain]}", str(period.first)) not in comes
            and not (today - period.last <= WAITED_FOR and any(period.first <= day <= period.last for day in waiting))
        ]
        reason = None if requests else dg.SkipReason("Every closed period has its reports.")
        return dg.SensorResult(run_requests=requests, skip_reason=reason)

    return closed_periods


def _candidates(settings: Settings, latest: Period) -> list[Candidate]:
    """The latest period of a grain, and those before it that were missed, the oldest first."""
    found, period = [_candidate(settings, latest)], latest
    for _ in range(MISSED[latest.grain]):
        period = period.before
        one = _candidate(settings, period)
        if one.written_from is not None:
            return found[::-1]
        found.append(one)
    return found[:1]


def _candidate(settings: Settings, period: Period) -> Candidate:
    about = settings.reports_folder / "executive" / period.key / "about.json"
    at = datetime.fromtimestamp(about.stat().st_mtime, UTC) if about.exists() else None
    return Candidate(period, made_from(settings, "executive", period), at)


def posting(settings: Settings) -> tuple[dg.JobDefinition, dg.ScheduleDefinition]:
    """The job that sends written reports to their lists, and its schedule."""

    @dg.op(
        description="Sends the reports of the last whole day, week and month to their lists, each person once.",
        required_resource_keys={"mail"},
    )
    def send_reports(context: dg.OpExecutionContext) -> None:
        own, now = settings_of(context, settings, ["mail"]), datetime.now(UTC)
        today = now.astimezone(ZoneInfo(settings.platform_timezone)).date()
        done = post(own, plan(own, latest_closed(today), again=False), now)
        for parcel, became in done:
            context.log.info(f"{parcel.report} {parcel.period} over {parcel.route}: {became}")
        failed = [became for _, became in done if became.startswith("failed")]
        if failed:
            raise dg.Failure(
                f"{len(failed)} of {len(done)} reports could not be sent: {failed[0]}", allow_retries=False
            )

    @dg.job(name="post_reports", description="Written reports to their lists of people (REPORT_LISTS_FILE).")
    def post_reports() -> None:
        send_reports()

    schedule = dg.ScheduleDefinition(
        name="post_reports_at_0730",
        job=post_reports,
        cron_schedule="30 7 * * *",
        execution_timezone=settings.platform_timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING
        if settings.report_lists_file
        else dg.DefaultScheduleStatus.STOPPED,
        description="07:30 local time, when the night's runs are over.",
    )
    return post_reports, schedule
