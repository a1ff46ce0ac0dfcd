"""``risk``: learners from a file or the marts, what the score was worth, and what is said of wrong files."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from analytics_platform.cli import app
from analytics_platform.errors import PlatformError
from analytics_platform.insights.risk.learners import from_file, from_marts
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform_tests.insights.test_risk import organisation
from analytics_platform_tests.organisation import Organisation

HEAD = "learner,day,started,completed,dropped,sentiment,support"


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(app, ["risk", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def learners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    held = organisation(900, 150, 1)
    start = date(2026, 1, 1)
    columns = (held.person, held.day, held.started, held.completed, held.dropped, held.sentiment, held.support)
    lines = [
        f"learner {person},{start + timedelta(days=int(day))},{started:g},{completed:g},{dropped:g},"
        f"{'' if np.isnan(mood) else f'{mood:.3f}'},{support:g}"
        for person, day, started, completed, dropped, mood, support in zip(*columns, strict=True)
    ]
    return write(tmp_path_factory.mktemp("risk") / "learners.csv", HEAD, *lines)


def test_scores_are_told_with_what_they_were_worth_and_why(learners: Path) -> None:
    answer = json.loads(run(learners, "--json"))
    assert not answer["abstained"]
    assert answer["day"] == "2026-05-31"
    assert answer["backtest"]["auc"] > 0.75
    assert sum(row["learners"] for row in answer["backtest"]["calibration"]) == answer["backtest"]["learners"]
    chances = [learner["chance"] for learner in answer["learners"]]
    assert chances == sorted(chances, reverse=True)
    assert {"feature", "meaning", "value", "weight"} == set(answer["learners"][0]["because"][0])
    told = run(learners, "--top", "3")
    assert "AUC 0." in told
    assert "predicted  happened" in told
    assert sum("learner " in line for line in told.splitlines()) == 3


def test_it_abstains_with_the_reason_and_what_was_measured(learners: Path) -> None:
    answer = json.loads(run(learners, "--json", "--today", "2026-02-15"))
    assert answer["abstained"]
    assert "history is short: 45 days, 70 are needed" in answer["reason"]
    assert (answer["learners"], answer["backtest"]) == ([], None)
    assert "No scores: history is short" in run(learners, "--today", "2026-02-15")


def test_columns_that_are_not_there_are_unknown_and_empty_counts_are_none(tmp_path: Path) -> None:
    held = from_file(write(tmp_path / "few.csv", "learner,day,started", "a,2026-01-01,", "b,2026-01-02,3"))
    assert held.names == ["a", "b"]
    assert held.activity.started.tolist() == [0, 3]
    assert np.isnan(held.activity.sentiment).all()
    assert np.isnan(held.activity.support).all()
    assert held.activity.day[1] - held.activity.day[0] == 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["person,day", "a,2026-01-01"], "has no column learner; it has person, day. It needs learner and day"),
        (["learner,day"], "no rows"),
        (["learner,day", "a,soon"], "column day: .*'soon'.*Write a day such as 2026-03-01"),
        (["learner,day", "a,2026-01-01", "a,"], "line 3: there is no day"),
        (["learner,day,started", "a,2026-01-01,many"], "column started: .*'many'"),
    ],
)
def test_a_wrong_file_is_told_what_to_do(lines: list[str], words: str, tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=words):
        run(write(tmp_path / "wrong.csv", *lines))


def test_no_file_is_told() -> None:
    with pytest.raises(PlatformError, match="is not a file"):
        run("nowhere.csv")


def test_learners_of_the_marts_are_those_of_the_activities(organisation: Organisation) -> None:
    with open_warehouse(organisation.settings).reader() as reader:
        held = from_marts(reader)
        days = "select count(*) as n, count(distinct person_id) as people from (select distinct person_id, local_day"
        (known,) = reader.query(f"{days} from user_activities where person_id is not null)").to_pylist()
        done = "select count(*) as n from lesson_progress where completed_local_day is not null"
        (completed,) = reader.query(done).to_pylist()
    assert (len(held.activity.day), len(held.names)) == (known["n"], known["people"])
    assert held.activity.completed.sum() == completed["n"]
    assert np.isnan(held.activity.dropped).all()


def test_help_reads_well() -> None:
    assert "Usage" in run("--help")
