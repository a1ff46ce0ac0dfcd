"""The alert sensors on real runs, checks and ticks of an ephemeral instance."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterEventType

from analytics_platform.alerts import sources
from analytics_platform.alerts.delivering import tell
from analytics_platform.alerts.state import State
from analytics_platform.connectors.files.dropping import take_dropped
from analytics_platform.defs import alerting
from analytics_platform.defs.alerting import alert_sensors, evaluations, failed_run, spent_budgets
from analytics_platform.defs.days import RANGE_END, RANGE_START, days_in
from analytics_platform.defs.ticks import failing_automations
from analytics_platform.enrichment.answers.answer_labeller import label_days
from analytics_platform.enrichment.llm.llm_store import Store
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import RawLine
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import NOON, STATEMENTS, land, raw, statement
from analytics_platform_tests.organisation import share_models

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")
DAYS = dg.DailyPartitionsDefinition(start_date="2026-03-01", end_offset=1)
Mood = dict[str, bool]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def definitions_of(settings: Settings, mood: Mood) -> dg.Definitions:
    """An asset that breaks and checks that fail as the mood says."""
    key = dg.AssetKey(["lake", "things"])

    @dg.asset(
        key=key,
        partitions_def=DAYS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        owners=["team:things"],
        check_specs=[dg.AssetCheckSpec("whole", asset=key), dg.AssetCheckSpec("usual", asset=key)],
    )
    def things() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        if mood.get("breaks"):
            raise ValueError("no room for 'a private thought' of ann@example.org")
        yield dg.MaterializeResult()
        yield dg.AssetCheckResult(check_name="whole", passed=not mood.get("whole"), description="2 of 3 rows")
        warn = dg.AssetCheckSeverity.WARN
        yield dg.AssetCheckResult(check_name="usual", passed=not mood.get("usual"), severity=warn)

    job = dg.define_asset_job("nightly", selection=[key])
    return dg.Definitions(assets=[things], jobs=[job], sensors=alert_sensors(settings))


@pytest.fixture
def story(settings: Settings, instance: dg.DagsterInstance) -> Callable[..., list[tuple[str, ...]]]:
    """Run the job for days of March in a mood, tick the sensor of its outcome, and tell which causes are open."""
    mood = Mood()
    defs = definitions_of(settings, mood)

    def run(first: int, last: int, **now: bool) -> list[tuple[str, ...]]:
        mood.clear()
        mood.update(now)
        tags = {RANGE_START: f"2026-03-{first:02}", RANGE_END: f"2026-03-{last:02}"}
        job = defs.resolve_job_def("nightly")
        done = job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
        ended = DagsterEventType.RUN_SUCCESS if done.success else DagsterEventType.RUN_FAILURE
        (event,) = (entry.dagster_event for entry in instance.all_logs(done.run_id, of_type=ended))
        assert event is not None
        sensor = defs.resolve_sensor_def("succeeded_runs" if done.success else "failed_runs")
        context = dg.build_run_status_sensor_context(
            sensor.name, event, instance, done.dagster_run, repository_def=defs.get_repository_def()
        )
        sensor(context)
        return [
            (case.alert.cause, case.alert.severity, case.alert.owner)
            for case in sorted(State(settings.home).cases(only_open=True), key=lambda case: case.alert.cause)
        ]

    return run


RUN = ("run_failed:nightly:lake__things:ValueError", "high", "team:data-engineering")
WHOLE = ("check_failed:lake/things:whole", "high", "team:things")
USUAL = ("check_failed:lake/things:usual", "medium", "team:things")


def test_a_failed_run_is_told_once_and_is_well_when_its_days_are(
    settings: Settings, story: Callable[..., list[tuple[str, ...]]]
) -> None:
    assert story(1, 2, breaks=True) == [RUN]
    assert story(3, 3, breaks=True) == [RUN]
    assert story(2, 3) == [RUN]  # the first of March is still missing
    (case,) = State(settings.home).cases(only_open=True)
    assert case.alert.text.startswith("ValueError: no room for '…' of …@…\nDays: 2026-03-03.")
    assert case.times == 2
    assert story(1, 1) == []
    messages = State(settings.home).messages(["waiting"])
    assert [(message.what, message.alert.kind) for message in messages] == [
        ("alert", "run_failed"),
        ("recovery", "run_failed"),
    ]


def test_checks_are_told_once_a_day_by_severity(
    settings: Settings, story: Callable[..., list[tuple[str, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "_now", lambda: datetime(2026, 3, 8, 23, tzinfo=UTC))
    assert story(1, 1, whole=True, usual=True) == [USUAL, WHOLE]
    assert story(1, 1, whole=True) == [WHOLE]  # told already; the other is well again
    assert story(2, 2, whole=True) == [WHOLE]  # another day, told again
    assert story(2, 2) == [WHOLE]
    assert story(1, 1) == []
    told = [(m.what, m.alert.cause[-5:], m.alert.scopes) for m in State(settings.home).messages(["waiting"])]
    assert told == [
        ("alert", "whole", ("2026-03-01",)),
        ("alert", "usual", ("2026-03-01",)),
        ("recovery", "usual", ("2026-03-01",)),
        ("alert", "whole", ("2026-03-02",)),
        ("recovery", "whole", ("2026-03-02",)),
    ]


def test_a_warning_of_a_day_long_past_is_no_news_and_a_check_that_stops_the_marts_is(
    story: Callable[..., list[tuple[str, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "_now", lambda: datetime(2026, 3, 9, 0, tzinfo=UTC))
    assert story(1, 1, whole=True, usual=True) == [WHOLE]
    assert story(1, 2, whole=True, usual=True) == [USUAL, WHOLE]


def test_the_sensors_find_the_runs_by_themselves(settings: Settings, instance: dg.DagsterInstance) -> None:
    """As the daemon evaluates them: the first tick sets the cursor, the next sees each run once."""
    defs = definitions_of(settings, {"breaks": True})
    repository, sensor = defs.get_repository_def(), defs.resolve_sensor_def("failed_runs")

    def tick(cursor: str | None) -> str | None:
        with dg.build_sensor_context(instance, cursor, repository_def=repository, sensor_name="failed_runs") as context:
            return sensor.evaluate_tick(context).cursor

    cursor = tick(None)
    defs.resolve_job_def("nightly").execute_in_process(
        instance=instance, partition_key="2026-03-05", raise_on_error=False
    )
    cursor = tick(cursor)
    assert State(settings.home).open_causes() == [RUN[0]]
    tick(cursor)
    assert State(settings.home).cases(only_open=True)[0].times == 1


def test_a_retried_step_counts_by_its_last_word_and_a_run_without_steps_has_a_cause(
    instance: dg.DagsterInstance,
) -> None:
    run = instance.create_run_for_job(dg.job(name="empty")(lambda: None))
    assert failed_run(instance, run, "it never started").message == "it never started"
    assert evaluations(instance, run, {}) == []


def fires(settings: Settings, instance: dg.DagsterInstance, name: str) -> str:
    sensor = definitions_of(settings, {}).resolve_sensor_def(name)
    with dg.build_sensor_context(instance, sensor_name=name) as context:
        result = sensor(context)
    reason = result.skip_reason if isinstance(result, dg.SensorResult) else result
    assert isinstance(reason, dg.SkipReason)
    return reason.skip_message or ""


def test_each_new_flag_is_told_as_soon_as_it_is_labelled(
    settings: Settings, lake: Lake, instance: dg.DagsterInstance
) -> None:
    share_models(settings)
    today = datetime.now(UTC).replace(hour=0, minute=5)
    said = {"response": "I want to kill myself"}
    land(lake, "xapi/statements", statement("new", result=said, timestamp=today.isoformat()), at=today)
    land(lake, "xapi/statements", statement("old", result=said))
    days = [NOON.date(), today.date()]
    lake.build(STATEMENTS, days)
    label_days(settings, days, now=today)
    for day in days:
        instance.report_runless_asset_event(
            dg.AssetMaterialization(dg.AssetKey(["labels", "safety"]), partition=str(day))
        )
    assert fires(settings, instance, "safety_flags") == "2 new alerts of 2 days that were labelled."
    cases = {case.alert.severity: case.alert for case in State(settings.home).cases(only_open=True)}
    assert cases["critical"].cause.startswith("safety:")
    assert "kill" not in cases["critical"].text + cases["critical"].title
    assert cases["high"].title == "1 older answers are flagged now"
    sent = State(settings.home).messages(["sent"])
    assert [message.alert.severity for message in sent] == ["critical"]  # at once, before any delivery
    assert fires(settings, instance, "safety_flags") == "0 new alerts of 2 days that were labelled."


@pytest.mark.parametrize(
    ("built", "received", "hour", "expected"),
    [
        ([1, 2, 3, 4, 5], 9, 12, []),  # 5 March is yesterday
        ([1, 2, 3, 4], 9, 12, ["stale:not_built:xapi/statements"]),
        ([1, 2, 3, 4], 9, 2, []),  # the daily run may still be at it
        ([], 0, 12, []),  # never used
    ],
)
def test_a_day_that_was_not_built(
    settings: Settings, lake: Lake, built: list[int], received: int, hour: int, expected: list[str]
) -> None:
    for day in built:
        at = datetime(2026, 3, day, 12, tzinfo=UTC)
        land(lake, "xapi/statements", *(statement(f"{day}-{n}") for n in range(received)), at=at)
        lake.build(STATEMENTS, [at.date()])
    stale, well = sources.judge(settings, datetime(2026, 3, 6, hour, tzinfo=UTC))
    assert [alert.cause for alert in stale] == expected
    assert not set(expected) & set(well)


def test_a_source_that_fell_silent(settings: Settings, lake: Lake) -> None:
    for day in range(1, 11):
        at = datetime(2026, 3, day, 12, tzinfo=UTC)
        if day < 8:
            land(lake, "xapi/statements", statement(f"s{day}"), at=at)
        lake.build(STATEMENTS, [at.date()])
    stale, _ = sources.judge(settings, datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert stale == []  # one day is no silence
    stale, _ = sources.judge(settings, datetime(2026, 3, 11, 12, tzinfo=UTC))
    assert [alert.title for alert in stale] == ["xapi/statements has received nothing for 3 days"]


def test_imported_history_is_no_source_that_fell_silent_and_asks_for_no_day(settings: Settings, lake: Lake) -> None:
    """Ten days of statements, imported five days after the last of them; the schedule builds the days from then on."""
    imported = datetime(2026, 3, 15, 12, tzinfo=UTC)
    for day in range(1, 11):
        line = statement(f"s{day}", timestamp=f"2026-03-{day:02}T12:00:00Z")
        lake.landing.append(STATEMENTS, [RawLine(raw(line), imported)], "import")
        lake.build(STATEMENTS, [date(2026, 3, day)])
    assert sources.judge(settings, imported)[0] == []  # yesterday is not built
    for day in range(11, 15):
        lake.build(STATEMENTS, [date(2026, 3, day)])
    assert sources.judge(settings, imported)[0] == []  # four days were built and have no line
    for day in range(15, 23):  # it sends live, and then no more
        at = datetime(2026, 3, day, 12, tzinfo=UTC)
        if day < 19:
            land(lake, "xapi/statements", statement(f"s{day}"), at=at)
        lake.build(STATEMENTS, [at.date()])
    stale, _ = sources.judge(settings, datetime(2026, 3, 23, 12, tzinfo=UTC))
    assert [alert.title for alert in stale] == ["xapi/statements has received nothing for 4 days"]


def test_days_of_tags() -> None:
    assert days_in({"dagster/partition": "2026-03-01"}) == [date(2026, 3, 1)]
    assert days_in({RANGE_START: "2026-02-28", RANGE_END: "2026-03-01"}) == [date(2026, 2, 28), date(2026, 3, 1)]
    assert days_in({"dagster/partition": "2026-W09"}) == days_in({}) == []


def automation(status: str, said: str = "", running: bool = True, started: bool = False) -> SimpleNamespace:
    """An instance as far as it is asked: one sensor with its ticks."""
    kind = SimpleNamespace(value="SENSOR")
    state = SimpleNamespace(
        is_running=running, instigator_origin_id="o", selector_id="s", instigator_name="pump", instigator_type=kind
    )
    first = SimpleNamespace(message=f"{said}\n", cls_name="OSError", cause=None)
    error = (
        SimpleNamespace(message="in evaluation_fn", cls_name="SensorExecutionError", cause=first)
        if status == "FAILURE"
        else None
    )
    ticks = [SimpleNamespace(status=SimpleNamespace(value=status), error=error, skip_reason=said)]
    if started:
        ticks.insert(0, SimpleNamespace(status=SimpleNamespace(value="STARTED")))
    return SimpleNamespace(all_instigator_state=lambda: [state], get_ticks=lambda *_, limit: ticks[:limit])


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (automation("FAILURE", "OSError: no space"), ["automation_failed:pump"]),
        (automation("FAILURE", "x", started=True), ["automation_failed:pump"]),
        (automation("FAILURE", "x", running=False), []),
        (automation("SKIPPED", "No day waits."), []),
        (automation("SUCCESS"), []),
        (automation("SKIPPED", "Gave up on 2026-03-01 after 3 failed runs each."), ["gave_up:pump"]),
    ],
)
def test_ticks_of_sensors_that_fail_or_give_up(made: Any, expected: list[str]) -> None:
    found = failing_automations(made, "http://ui")
    assert [":".join(alert.cause.split(":")[:2]) for alert in found] == expected
    assert all("evaluation_fn" not in alert.text for alert in found)  # what Dagster wraps around it says nothing


def test_an_automation_works_again(settings: Settings) -> None:
    tell(settings, failing_automations(automation("FAILURE", "x"), "http://ui"), NOON)  # type: ignore[arg-type]
    with dg.instance_for_test() as instance:
        assert fires(settings, instance, "automation_health") == "0 things are in trouble, 1 are well again."
    assert State(settings.home).open_causes() == []


def test_a_spent_budget_is_told_once_and_is_over_on_the_next_day(settings: Settings) -> None:
    today = datetime.now(UTC).date()
    assert spent_budgets(settings, datetime.now(UTC)) == []  # no model was ever asked
    book = Store(settings.home / "models" / "llm.sqlite")
    book.spend(str(today - timedelta(days=1)), 5.0)
    assert spent_budgets(settings, datetime.now(UTC)) == []
    book.spend(str(today), 0.75)
    book.spend(str(today), 0.25)
    with dg.instance_for_test() as instance:
        for _ in range(2):
            assert fires(settings, instance, "automation_health") == "1 things are in trouble, 0 are well again."
    state = State(settings.home)
    assert [message.alert.title for message in state.messages(["waiting"])] == [
        "The day's budget for labels by a model is spent (1.00 of 1.00)"
    ]
    raised = settings.model_copy(update={"llm_daily_limit": 2.0})
    with dg.instance_for_test() as instance:
        assert fires(raised, instance, "automation_health") == "0 things are in trouble, 1 are well again."
    assert state.open_causes() == []


def test_a_refused_roster_is_told_with_its_reason_and_without_names(settings: Settings) -> None:
    folder = settings.imports_folder
    (folder / "roster").mkdir(parents=True)
    dropped = folder / "roster" / "Ann Smith.csv"
    dropped.write_text("Name\nAnn Smith\n")
    os.utime(dropped, (1_600_000_000, 1_600_000_000))
    take_dropped(settings, NOON)
    with dg.instance_for_test() as instance:
        assert fires(settings, instance, "automation_health") == "1 things are in trouble, 0 are well again."
        (case,) = State(settings.home).cases(only_open=True)
        assert (case.alert.kind, case.alert.severity) == ("file_refused", "high")
        said = f"{case.alert.title} {case.alert.text} {case.alert.todo}"
        assert "imports/rejected/roster/20260310T120000-" in said
        assert "no column" in said
        assert "Ann" not in said
        next((folder / "rejected" / "roster").glob("*.csv")).unlink()
        assert fires(settings, instance, "automation_health") == "0 things are in trouble, 1 are well again."
