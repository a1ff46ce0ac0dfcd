"""Dropped files, imported files and the evening message, as Dagster starts them."""

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from analytics_platform.connectors.files.importing import import_file
from analytics_platform.connectors.files.kind import Options
from analytics_platform.contracts.imports import EXPORTS, ROSTER
from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.defs.imports import import_assets
from analytics_platform.defs.reports import utc_days
from analytics_platform.enrichment.answers.answer_labeller import label_days
from analytics_platform.enrichment.answers.rescanning import rescan
from analytics_platform.lake.lake import Lake
from analytics_platform.operations.waiting import waiting_days, waiting_steps
from analytics_platform.reports.message_files import write_messages
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, statement
from analytics_platform_tests.organisation import Organisation, share_models

TODAY = date(2026, 3, 20)
ROSTER_FILE = "Email,Group\nann@example.org,North\n"
ANSWERS = "Learner,Card,Lesson Number,Response,Cohort\nAnn,Card 1 (form): How?,1,none,North\n"


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder / name


def reopened_days(settings: Settings) -> dg.SensorResult:
    sensor = definitions(settings).resolve_sensor_def("reopened_days")
    with dg.DagsterInstance.ephemeral() as instance, dg.build_sensor_context(instance=instance) as context:
        return sensor(context)  # type: ignore[return-value]


def test_an_imported_file_waits_for_a_run_of_today(settings: Settings, lake: Lake, tmp_path: Path) -> None:
    assert waiting_days(settings, TODAY) == {}
    import_file(settings, "roster", write(tmp_path, "r.csv", ROSTER_FILE), Options(now=NOON))
    assert list(waiting_days(settings, TODAY)) == [TODAY]
    assert list(waiting_steps(settings, TODAY)["lake"]) == [TODAY]
    lake.build(ROSTER, [DAY])
    assert waiting_steps(settings, TODAY)["lake"] == {}
    (name,) = waiting_days(settings, TODAY)[TODAY]  # the marts have not seen it yet
    assert name.startswith("marts/lake/people/roster/day=2026-03-10/")
    # Answers are labelled on the day on which they came, and today's run builds their asset.
    import_file(settings, "responses", write(tmp_path, "a.csv", ANSWERS), Options(now=NOON))
    assert sorted(waiting_days(settings, TODAY)) == [DAY, TODAY]
    lake.build(EXPORTS, [DAY])
    waiting = waiting_steps(settings, TODAY)
    assert (waiting["lake"], sorted(waiting["labels"]), sorted(waiting["marts"])) == ({}, [DAY], [DAY, TODAY])


def test_a_new_word_waits_for_today_and_then_for_the_days_that_it_changed(
    settings: Settings, lake: Lake, tmp_path: Path
) -> None:
    share_models(settings)
    words = write(tmp_path, "words.csv", "cohort,word,tier,from_date,until_date\n")
    watching = settings.model_copy(update={"safety_words_file": str(words)})
    land(lake, "xapi/statements", statement("a", result={"response": "The bridge"}))
    lake.build(STATEMENTS, [DAY])
    label_days(watching, [DAY], now=NOON)
    assert waiting_steps(watching, TODAY)["labels"] == {}
    before = waiting_steps(watching, TODAY)["marts"]
    words.write_text(words.read_text() + "North,bridge,high,2026-03-01,\n")
    (name,) = waiting_steps(watching, TODAY)["labels"][TODAY]
    assert name.startswith("labels/safety/word:North:bridge@")
    rescan(watching, NOON)
    waiting = waiting_steps(watching, TODAY)
    assert waiting["labels"] == {}
    assert [day for day in waiting["marts"] if waiting["marts"][day] != before.get(day)] == [DAY]


def test_a_dropped_file_is_asked_for_and_the_run_takes_it(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(reopened_days(settings), dg.SensorResult)
    assert not reopened_days(settings).run_requests
    file = write(settings.imports_folder / "roster", "r.csv", ROSTER_FILE)
    os.utime(file, (time.time() - 60,) * 2)
    first, again = (reopened_days(settings).run_requests or [] for _ in range(2))
    assert first[0].tags[RANGE_END] == str(datetime.now(UTC).date())
    assert first[0].run_key == again[0].run_key  # the same file asks once
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([import_assets(settings)], instance=instance, selection='key:"people/roster"')
    assert done.success
    logged = capfd.readouterr().err
    assert "joined 1" in logged
    assert "ann@" not in logged.lower()
    (roster,) = done.asset_materializations_for_node("imported_files")
    assert roster.metadata["dagster/row_count"].value == 1
    assert not file.exists()
    assert waiting_steps(settings)["lake"] == {}


def test_the_imported_files_and_labels_are_assets_with_rows(organisation: Organisation) -> None:
    with dg.DagsterInstance.from_config(str(organisation.settings.dagster_home)) as instance:
        rows = {}
        for key in (("people", "roster"), ("people", "links"), ("lessons", "map"), ("responses", "exports"),
                    ("labels", "answers"), ("labels", "safety")):  # fmt: skip
            event = instance.get_latest_materialization_event(dg.AssetKey(list(key)))
            assert event is not None
            assert event.asset_materialization is not None
            rows[key] = event.asset_materialization.metadata["dagster/row_count"].value
    files = organisation.truth["files"]
    assert rows["people", "roster"] == sum(roster["members"] for roster in files["rosters"])
    assert rows["responses", "exports"] == files["export"]["rows"]
    assert rows["labels", "safety"] >= len(organisation.truth["answers"]["safety"])
    assert rows["labels", "answers"] > 100


def test_the_evening_schedule_is_early_enough_in_the_local_zone(settings: Settings) -> None:
    evening = settings.model_copy(update={"platform_timezone": "Asia/Bangkok", "report_time": "19:00"})
    schedule = definitions(evening).resolve_schedule_def("evening_message")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("55 18 * * *", "Asia/Bangkok")
    midnight = settings.model_copy(update={"report_time": "00:02"})
    assert definitions(midnight).resolve_schedule_def("evening_message").cron_schedule == "57 23 * * *"
    at = datetime(2026, 3, 10, 11, 55, tzinfo=UTC)
    defs = definitions(evening)
    with dg.build_schedule_context(scheduled_execution_time=at, repository_def=defs.get_repository_def()) as context:
        (request,) = schedule.evaluate_tick(context).run_requests or []
    assert (request.tags[RANGE_START], request.tags[RANGE_END]) == ("2026-03-09", "2026-03-10")


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("UTC", "2026-03-10T18:55", ("2026-03-10", "2026-03-10")),
        ("Asia/Bangkok", "2026-03-10T11:55", ("2026-03-09", "2026-03-10")),
        ("America/Los_Angeles", "2026-03-11T01:55", ("2026-03-10", "2026-03-11")),
        ("Europe/Berlin", "2026-03-29T16:55", ("2026-03-28", "2026-03-29")),  # the night that lost an hour
    ],
)
def test_the_utc_days_of_a_local_day(zone: str, at: str, expected: tuple[str, str]) -> None:
    first, last = utc_days(datetime.fromisoformat(at).replace(tzinfo=UTC), zone)
    assert (str(first), str(last)) == expected


def test_the_message_of_the_organisation_agrees_with_its_truth(organisation: Organisation) -> None:
    """The planted progress, lesson by lesson, in the message of its last day."""
    from analytics_platform.reports.message_files import message_of

    end = date.fromisoformat(organisation.truth["plan"]["end"])
    names = {lesson["number"]: lesson["title"] for lesson in organisation.truth["course"]["lessons"]}
    told = 0
    for roster in organisation.truth["files"]["rosters"]:
        message = message_of(organisation.settings, roster["cohort"], end)
        assert message.size == roster["members"]
        for state in (*((message.main,) if message.main else ()), *message.others):
            assert state.number is not None
            truth = roster["progress_at_the_end"][state.number]
            found = (len(state.completed), len(state.partial), len(state.not_started))
            # An evening in Berlin ends an hour before the day of UTC: what was done after it counts tomorrow.
            assert abs(found[0] - truth["completed"]) <= 2
            assert sum(found) == roster["members"]
            assert state.name == names[state.number]
            told += found == (truth["completed"], truth["partial"], truth["not_started"])
    assert told >= 10


def test_messages_of_all_rostered_cohorts_are_written(organisation: Organisation, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "published").symlink_to(organisation.settings.published_folder)
    settings = organisation.settings.model_copy(update={"platform_home": tmp_path / "home"})
    files = write_messages(settings, organisation.days[-2])
    assert len(files) == 3 * len(organisation.truth["files"]["rosters"])
    assert all(file.stat().st_size > 200 for file in files)
