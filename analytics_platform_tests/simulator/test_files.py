"""The simulated files fit the statements, are importable as they are, and the truth of them adds up."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics_platform.commands.demo import import_simulated
from analytics_platform.connectors.files.importing import import_file
from analytics_platform.connectors.files.kind import Options
from analytics_platform.settings import Settings
from analytics_platform.simulator.truth_document import document
from analytics_platform_tests.simulator.conftest import PLAN, Simulated


@pytest.fixture(scope="module")
def truth(simulated: Simulated) -> dict[str, Any]:
    found: dict[str, Any] = document(simulated.truth)
    return found


@pytest.fixture
def settings(simulated: Simulated, tmp_path: Path) -> Settings:
    (tmp_path / "simulated").symlink_to(simulated.root / "simulated")
    return Settings(platform_home=tmp_path, _env_file=None)


def rows(simulated: Simulated, name: str, separator: str = ",") -> list[dict[str, str]]:
    with (simulated.root / "simulated" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def test_every_row_of_every_file_is_good_and_a_second_import_changes_nothing(
    settings: Settings, truth: dict[str, Any]
) -> None:
    reports = import_simulated(settings, PLAN, datetime(2026, 3, 16, 18, tzinfo=UTC))
    assert [(report.kind, report.rejects.count) for report in reports] == [
        (kind, 0) for kind in ("lesson-map", "roster", "links", "responses", "videos")
    ]
    assert reports[0].changes["new lessons"] == len(truth["course"]["lessons"]) + 1
    assert reports[1].changes["joined"] == sum(roster["members"] for roster in truth["files"]["rosters"])
    assert reports[3].changes["new answers"] == truth["files"]["export"]["rows"]
    assert reports[4].changes["new videos"] == 2 * len(truth["videos"]["videos"])
    assert not any(report.changes_anything for report in import_simulated(settings, PLAN))
    dry = Options(dry_run=True, cohort="Another")
    other = import_file(settings, "responses", settings.home / "simulated" / "responses.csv", dry)
    assert other.changes["new answers"] == truth["files"]["export"]["rows"]


def test_answers_of_named_learners_are_statements_of_the_same_person(
    simulated: Simulated, truth: dict[str, Any]
) -> None:
    export, people = truth["files"]["export"], truth["people"]
    person_of = {key.partition("|")[2]: person for key, person in export["named"].items()}
    cards = {lesson["number"]: [card["id"] for card in lesson["cards"]] for lesson in truth["course"]["lessons"]}
    told = {
        (actor, card, text)
        for actor, card, text in simulated.rows(
            "select actor_key, split_part(object_id, '/', -1), response from good_xapi_statements"
        )
    }
    identities, same = truth["files"]["identities"], 0
    for row in rows(simulated, "responses.csv"):
        if row["Learner"] in person_of:
            place = int(row["Card"].split()[1])
            actor = people[person_of[row["Learner"]]]["identifiers"][0]
            assert (actor, cards[row["Lesson Number"]][place - 1], row["Response"]) in told
            same += actor in identities[person_of[row["Learner"]]]["identifiers"]
    assert same == export["also_statements"] > 100
    assert export["rows"] == same + export["only_in_export"]
    assert export["only_in_export"] >= 5


def test_identities_hold_every_identifier_once(truth: dict[str, Any]) -> None:
    for person, identity in zip(truth["people"], truth["files"]["identities"], strict=True):
        assert set(person["identifiers"]) <= {*identity["identifiers"], *identity["unmatched"]}
        assert not set(identity["identifiers"]) & set(identity["unmatched"])
    apart = {key.partition(":")[0] for identity in truth["files"]["identities"] for key in identity["unmatched"]}
    assert {"account", "chat", "user"} <= apart


def test_progress_of_a_roster_adds_up_and_some_are_late(truth: dict[str, Any]) -> None:
    late = 0
    for roster in truth["files"]["rosters"]:
        for progress in roster["progress_at_the_end"].values():
            assert progress["completed"] + progress["partial"] + progress["not_started"] == roster["members"]
            late += progress["completed"] - progress.get("on_time_in_utc", progress["completed"])
    assert late > 0
    assert truth["files"]["cohorts_without_roster"] == ["Java / Coral"]


def test_completions_are_those_of_the_statements(simulated: Simulated, truth: dict[str, Any]) -> None:
    found = {(entry["person"], entry["lesson"]) for entry in truth["files"]["completions"]}
    assert len(found) == sum(lesson["all_cards"] for lesson in truth["course"]["lessons"])
    key = truth["people"][truth["files"]["completions"][0]["person"]]["identifiers"][0]
    urls = {lesson["number"]: lesson["url"] for lesson in truth["course"]["lessons"]}
    first = truth["files"]["completions"][0]
    answered = simulated.one(
        f"select count(*) from good_xapi_statements where actor_key = '{key}' and verb = 'answered'"
        f" and abs(epoch(event_time - timestamptz '{first['at']}')) < 60"
        f" and starts_with(object_id, '{urls[first['lesson']]}/')"
    )
    assert answered >= 1


def test_people_at_risk_as_far_as_they_are_recognised(truth: dict[str, Any]) -> None:
    known = {entry["person"] for entry in truth["files"]["at_risk"]["people"]}
    assert set(truth["at_risk"]["people"]) <= known  # who is silent everywhere is silent in the course
    assert all(entry["days_silent"] >= 7 for entry in truth["files"]["at_risk"]["people"])
