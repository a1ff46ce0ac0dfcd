"""Sensors that notice what somebody should know, and the one that delivers. They start no run.

``failed_runs`` and ``succeeded_runs`` also read the checks of each run: open-source Dagster has no sensor for checks,
and polling evaluations with a cursor fails on SQLite, but the log of one run can always be read. Does not live here:
what an alert says, once per cause, routes and channels (``alerts``).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg

from analytics_platform.alerts import causes, incidents, safety, sources
from analytics_platform.alerts.alert import Alert
from analytics_platform.alerts.causes import Evaluation, FailedRun
from analytics_platform.alerts.delivering import deliver, recover, tell
from analytics_platform.alerts.state import State
from analytics_platform.connectors.files.dropping import refused_files
from analytics_platform.defs.days import days_in, days_named
from analytics_platform.defs.ticks import failing_automations, first_error
from analytics_platform.enrichment.llm.llm_store import Store
from analytics_platform.settings import Settings

RUNNING = dg.DefaultSensorStatus.RUNNING
FLAGGED = (dg.AssetKey(["labels", "safety"]), dg.AssetKey(["labels", "exchanges"]))
_MOST_EVENTS = 500


def alert_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    return [
        _failed_runs(settings),
        _succeeded_runs(settings),
        _safety_flags(settings),
        _source_health(settings),
        _automation_health(settings),
        _delivery(settings),
    ]


def _failed_runs(settings: Settings) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.FAILURE,
        name="failed_runs",
        monitor_all_code_locations=True,
        default_status=RUNNING,
        minimum_interval_seconds=15,
        description="Alerts once for a job, a step and a kind of error; recovery when its days were built.",
    )
    def failed_runs(context: dg.RunStatusSensorContext) -> None:
        run = context.dagster_run
        if run.tags.get("dagster/will_retry") == "true":
            return  # Dagster tries it again by itself; the last try is told
        failed = failed_run(context.instance, run, context.dagster_event.message or "")
        tell(settings, [causes.run_failed(failed, settings.ui)], _now())
        tell_checks(settings, context)

    return failed_runs


def _succeeded_runs(settings: Settings) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="succeeded_runs",
        monitor_all_code_locations=True,
        default_status=RUNNING,
        minimum_interval_seconds=15,
        description="Tells that a failed run or check is well again, failed checks of good runs, and open incidents.",
    )
    def succeeded_runs(context: dg.RunStatusSensorContext) -> None:
        run, now = context.dagster_run, _now()
        again = State(settings.home).open_causes(f"run_failed:{run.job_name}:")
        recover(settings, again, now, _scopes(run.tags))
        tell_checks(settings, context)
        judged = incidents.judge(settings, now)
        if judged is not None:
            open_ones, still = judged
            tell(settings, open_ones, now)
            over = [cause for cause in State(settings.home).open_causes("incident:") if cause not in still]
            recover(settings, over, now)

    return succeeded_runs


def failed_run(instance: dg.DagsterInstance, run: dg.DagsterRun, message: str) -> FailedRun:
    """The first step that failed and the error that it raised, not the one that Dagster wrapped around it."""
    for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE):
        event = entry.dagster_event
        error = event.step_failure_data.error if event else None
        if event and error:
            name, said = first_error(error)
            return FailedRun(run.run_id, run.job_name, event.step_key or "", name, said, days_in(run.tags))
    return FailedRun(run.run_id, run.job_name, "", "RunFailed", message, days_in(run.tags))


def tell_checks(settings: Settings, context: dg.RunStatusSensorContext) -> None:
    """Alerts for checks of this run that failed, recovery of those that passed."""
    now, passed = _now(), []
    failed: list[Alert] = []
    open_checks = set(State(settings.home).open_causes("check_failed:"))
    for found in evaluations(context.instance, context.dagster_run, owners(context.repository_def)):
        if not found.passed:
            failed += [causes.check_failed(found, settings.ui)] if causes.is_news(found, now.date()) else []
        elif causes.check_cause(found) in open_checks:
            passed.append(found)
    tell(settings, failed, now)
    for found in passed:
        whole = found.is_whole or not found.days
        recover(settings, [causes.check_cause(found)], now, None if whole else list(map(str, found.days)))


def evaluations(instance: dg.DagsterInstance, run: dg.DagsterRun, owned: Mapping[dg.AssetKey, str]) -> list[Evaluation]:
    """The last word of each check in this run: a step that was tried again has several."""
    days, found = days_in(run.tags), dict[tuple[str, str], Evaluation]()
    for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        if entry.dagster_event is None:
            continue
        one = entry.dagster_event.asset_check_evaluation_data
        message = one.description or str(getattr(one.metadata.get("message"), "value", ""))
        asset = one.asset_key.to_user_string()
        # dbt's tests look at a mart as it is, whichever days were built.
        is_whole = one.asset_key.path[0] == "marts"
        found[asset, one.check_name] = Evaluation(
            asset,
            one.check_name,
            one.passed,
            one.severity == dg.AssetCheckSeverity.ERROR,
            owned.get(one.asset_key, causes.OWNER),
            message,
            run.run_id,
            days,
            is_whole,
        )
    return list(found.values())


def owners(repository: dg.RepositoryDefinition | None) -> dict[dg.AssetKey, str]:
    """The first owner of each asset: a check belongs to whom its asset belongs."""
    if repository is None:
        return {}
    nodes = repository.asset_graph.asset_nodes
    return {node.key: node.owners[0] for node in nodes if node.owners}


def _safety_flags(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="safety_flags",
        minimum_interval_seconds=15,
        default_status=RUNNING,
        description="Alerts for each new flag as soon as labels of answers or chats are written, whatever becomes of"
        " the run.",
    )
    def safety_flags(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        cursors = [*(context.cursor or "").split(" "), ""]  # one each; a cursor of before is that of the answers
        named: set[str] = set()
        for place, key in enumerate(FLAGGED):
            seen = cursors[place] or None
            records = context.instance.fetch_materializations(key, limit=_MOST_EVENTS, cursor=seen, ascending=True)
            named |= {record.partition_key for record in records.records if record.partition_key}
            cursors[place] = records.cursor or seen or ""
        alerts = safety.new_alerts(settings, days_named(named), _now())
        tell(settings, alerts, _now())
        said = f"{len(alerts)} new alerts of {len(named)} days that were labelled."
        return dg.SensorResult(skip_reason=dg.SkipReason(said), cursor=" ".join(cursors[: len(FLAGGED)]))

    return safety_flags


def _source_health(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="source_health",
        minimum_interval_seconds=300,
        default_status=RUNNING,
        description="Alerts for days that were not built and sources that fell silent; recovery when they are back.",
    )
    def source_health(_context: dg.SensorEvaluationContext) -> dg.SkipReason:
        stale, well = sources.judge(settings, _now())
        tell(settings, stale, _now())
        back = recover(settings, well, _now())
        return dg.SkipReason(f"{len(stale)} sources are stale, {back} are back.")

    return source_health


def _automation_health(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="automation_health",
        minimum_interval_seconds=60,
        default_status=RUNNING,
        description="Alerts for a sensor or schedule whose last tick failed, for days that a sensor gave up on, for"
        " a day's budget for labels that is spent, and for files in the imports folder that were refused.",
    )
    def automation_health(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        failing_now = failing_automations(context.instance, settings.ui)
        found = [*failing_now, *spent_budgets(settings, _now()), *refused(settings)]
        tell(settings, found, _now())
        failing = {alert.cause for alert in found}
        state = State(settings.home)
        over = [
            cause
            for prefix in ("automation_failed:", "gave_up:", "budget_spent:", "file_refused:")
            for cause in state.open_causes(prefix)
            if cause not in failing
        ]
        back = recover(settings, over, _now())
        return dg.SkipReason(f"{len(found)} things are in trouble, {back} are well again.")

    return automation_health


def spent_budgets(settings: Settings, now: datetime) -> list[Alert]:
    """The day's limit for labels by a model, where it is reached; no model was ever asked where there is no book."""
    book, today = settings.home / "models" / "llm.sqlite", now.astimezone(UTC).date()
    spent = Store(book).spent(str(today)) if book.exists() else 0.0
    limit = settings.llm_daily_limit
    return [causes.budget_spent(today, spent, limit, settings.ui)] if spent >= limit else []


def refused(settings: Settings) -> list[Alert]:
    """Files of people, links or lessons of which nothing was taken, until somebody has dealt with them."""
    return [
        causes.file_refused(one.kind, one.name, one.refused_at, one.reason, settings.ui)
        for one in refused_files(settings)
    ]


def _delivery(settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="deliver_alerts",
        minimum_interval_seconds=30,
        default_status=RUNNING,
        description="Sends what was grouped, held back in quiet hours, or could not be delivered before.",
    )
    def deliver_alerts(_context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return dg.SkipReason(f"Alerts: {deliver(settings, _now())}.")

    return deliver_alerts


def _scopes(tags: Mapping[str, str]) -> Sequence[str]:
    return tuple(map(str, days_in(tags))) or ("whole",)


def _now() -> datetime:
    return datetime.now(UTC)
