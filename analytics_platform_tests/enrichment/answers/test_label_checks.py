"""The checks of labelled days: green as they are written, red when a label or an answer is missing."""

from datetime import UTC, datetime

import pytest

from analytics_platform.contracts import MADE
from analytics_platform.enrichment.answers.answer_labeller import Labeller, label_days
from analytics_platform.enrichment.answers.label_checks import examine
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_sql, workbench, write_day
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, STATEMENTS, land, statement

TEXTS = {"a": "I want to kill myself", "b": "I slept well", "c": "I slept well"}


@pytest.fixture
def labelled(lake: Lake, settings: Settings, engine: Engine) -> Lake:
    answers = (
        statement(id, object={"id": "https://courses.example.org/x/form/1"}, result={"response": text})
        for id, text in TEXTS.items()
    )
    land(lake, "xapi/statements", *answers)
    lake.build(STATEMENTS, [DAY])
    label_days(settings, [DAY], Labeller(engine), datetime(2026, 3, 11, tzinfo=UTC))
    return lake


def rewrite(lake: Lake, path: str, change: str) -> None:
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, MADE[path], [DAY], folder)
        write_day(connection, lake, folder, MADE[path], DAY, change.format(rows=f"({rows})"))


def test_days_as_they_are_written_are_green(labelled: Lake) -> None:
    found = examine(labelled, [DAY])
    assert {path: finding.passed for path, finding in found.items()} == {"labels/answers": True, "labels/safety": True}
    assert found["labels/answers"].facts["labels"] == 3
    assert found["labels/safety"].facts["firings"] >= 1


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("labels/answers", "select * from {rows} where answer_id <> 'b'", "2 labels for 3"),
        ("labels/answers", "select * from {rows} union all select * from {rows} where answer_id = 'a'", "4 labels for"),
        ("labels/safety", "select * from {rows} union all select * from {rows}", "of them repeated"),
        ("labels/safety", "select * replace ('gone' as answer_id) from {rows}", "1 on no answer"),
    ],
)
def test_each_fault_turns_its_own_check_red(labelled: Lake, path: str, change: str, said: str) -> None:
    rewrite(labelled, path, change)
    found = examine(labelled, [DAY])
    assert [name for name, finding in found.items() if not finding.passed] == [path]
    assert said in found[path].message
