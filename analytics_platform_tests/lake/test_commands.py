"""Quarantine and ledger on the command line."""

from datetime import timedelta

import duckdb
import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.errors import LakeError
from analytics_platform.lake.lake import Lake, lake_key
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
    assert line.split() == ["xapi/statements", "6", "2", "1", "3", "0", "yes"]
    lines = said("ledger", "--by", "day", "--source", "xapi/statements", "--from", "2026-03-11").splitlines()
    assert [line.split() for line in lines[1:]] == [["xapi/statements", "2026-03-11", "2", "1", "0", "1", "0", "yes"]]


def test_refused_lines_are_listed_shown_and_tried_again() -> None:
    listed = said("quarantine", "list").splitlines()
    assert listed[0].split() == ["2", "xapi/statements", "not_json", "2026-03-10", "to", "2026-03-11"]
    assert len(listed) == 2
    shown = said("quarantine", "show", "xapi/statements", "--reason", "not_json")
    assert shown == ("2026-03-10 not_json (from test): no json {\n2026-03-11 not_json (from test): no json either {\n")
    assert len(said("quarantine", "show", "xapi/statements", "--limit", "1").splitlines()) == 1
    again = said("quarantine", "retry", "xapi/statements", "--to", "2026-03-10")
    assert again.splitlines()[1].split()[:8] == ["2026-03-10", "1", "1", "0", "0", "0", "2", "→"]
    assert again.splitlines()[2] == "1 day parsed anew, 0 changed."
    assert said("quarantine", "list", "--source", "video/events") == "No line is in quarantine.\n"
    with pytest.raises(LakeError, match="There is no source 'xapi'"):
        said("ledger", "--source", "xapi")


def test_a_replay_says_what_a_mended_parser_changed(lake: Lake) -> None:
    first, second = (lake.store.root / lake_key(STATEMENTS, DAY + timedelta(days=n)) for n in (0, 1))  # type: ignore[union-attr]
    mark = second.stat().st_mtime_ns
    with duckdb.connect() as connection:  # as a parser would have left it: one row with other words, one too many
        rows = f"select * from read_parquet('{first}', hive_partitioning = false)"
        connection.execute(
            f"""copy (select * replace ('other words' as response) from ({rows}) union all
            select * replace ('z' as statement_id) from ({rows})) to '{first}.tmp' (format parquet)"""
        )
    first.with_name(f"{first.name}.tmp").replace(first)
    lines = said("replay", "--source", "xapi/statements").splitlines()
    assert [line.split()[:6] for line in lines[1:3]] == [
        ["2026-03-10", "1", "1", "0", "1", "1"],
        ["2026-03-11", "1", "1", "0", "0", "0"],
    ]
    assert lines[3].startswith("2 days parsed anew, 1 changed. make dev builds what waits")
    assert second.stat().st_mtime_ns == mark  # nothing waits below a day that stayed as it was


def test_wrong_arguments_are_answered() -> None:
    for command in (["replay", "--source"], ["quarantine", "retry"], ["quarantine", "show"], ["ledger", "--source"]):
        with pytest.raises(LakeError, match="There is no source 'xapi'"):
            said(*command, "xapi")
        found = CliRunner().invoke(app, [*command, "xapi/statements", "--from", "2026-03-11", "--to", "2026-03-10"])
        assert found.exit_code == 2
        assert "lies before" in found.output
    assert said("replay", "--source", "video/events") == "video/events has neither raw lines nor built days there.\n"
    shown = said("quarantine", "show", "xapi/statements", "--reason", "no_jsn")
    assert shown.startswith("No line has the reason 'no_jsn'. There are: ")
