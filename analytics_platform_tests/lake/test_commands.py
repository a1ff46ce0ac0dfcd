"""Quarantine and ledger on the command line."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.errors import LakeError
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, statement


@pytest.fixture(autouse=True)
def two_days(settings: Settings, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "load", lambda: settings)
    land(lake, "xapi/statements", statement("a"), statement("a"), "no json {", {"id": "b"})
    land(lake, "xapi/statements", statement("c"), "no json either {", at=NOON + timedelta(days=1))
    lake.build(STATEMENTS, [DAY, DAY + timedelta(days=1)])


def said(*arguments: str) -> str:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).output


def test_the_ledger_by_source_and_by_day() -> None:
    (_, line) = said("ledger").splitlines()
    assert line.split() == ["xapi/statements", "6", "2", "1", "3", "yes"]
    lines = said("ledger", "--by", "day", "--source", "xapi/statements", "--from", "2026-03-11").splitlines()
    assert [line.split() for line in lines[1:]] == [["xapi/statements", "2026-03-11", "2", "1", "0", "1", "yes"]]


def test_refused_lines_are_listed_shown_and_tried_again() -> None:
    listed = said("quarantine", "list").splitlines()
    assert listed[0].split() == ["2", "xapi/statements", "not_json", "2026-03-10", "to", "2026-03-11"]
    assert len(listed) == 2
    shown = said("quarantine", "show", "xapi/statements", "--reason", "not_json")
    assert shown == ("2026-03-10 not_json (from test): no json {\n2026-03-11 not_json (from test): no json either {\n")
    assert len(said("quarantine", "show", "xapi/statements", "--limit", "1").splitlines()) == 1
    again = said("quarantine", "retry", "xapi/statements", "--to", "2026-03-10")
    assert again.splitlines() == [
        "2026-03-10: 2 refused before, 2 now; +0 stored",
        "1 days parsed again, 0 changed. The marts follow with the next run of these days.",
    ]
    assert said("quarantine", "list", "--source", "video/events") == "No line is in quarantine.\n"
    with pytest.raises(LakeError, match="There is no source 'xapi'"):
        said("ledger", "--source", "xapi")
