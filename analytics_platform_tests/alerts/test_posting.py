"""Who would get which report, who has it already, and lists that are wrong."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.alerts.posting import latest_closed, load_lists, plan, post
from analytics_platform.cli import app
from analytics_platform.errors import AlertError
from analytics_platform.reports.documents.periods import parse
from analytics_platform.settings import Settings

WEEK = parse("2026-W11")
TEAM = {"report": "executive", "every": "week", "route": "log", "to": ["a@e.org"]}
EVENING = {"report": "progress", "every": "day", "route": "mail", "to": ["b@e.org"], "cohort": "North / Harbour"}


def listed(settings: Settings, *lists: dict[str, Any]) -> Settings:
    settings.home.mkdir(parents=True, exist_ok=True)
    file = settings.home / "lists.yaml"
    file.write_text(yaml.safe_dump({"lists": list(lists)}))
    return settings.model_copy(update={"report_lists_file": str(file)})


def written(settings: Settings, folder: str, stem: str) -> None:
    (settings.reports_folder / folder).mkdir(parents=True)
    for form in ("md", "html"):
        (settings.reports_folder / folder / f"{stem}.{form}").write_text("x")


def test_the_last_whole_periods() -> None:
    assert [period.key for period in latest_closed(date(2026, 3, 16))] == ["2026-03-15", "2026-W11", "2026-02"]
    assert [period.key for period in latest_closed(date(2027, 1, 4))] == ["2027-01-03", "2026-W53", "2026-12"]


def test_a_dry_run_says_who_would_get_what(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = listed(settings, TEAM, EVENING)
    monkeypatch.setattr(settings_module, "load", lambda: mine)

    def said(*arguments: str) -> str:
        return CliRunner().invoke(app, ["report", "send", *arguments], catch_exceptions=False).output

    assert said("--period", "2026-W11", "--dry-run") == "not written  executive 2026-W11 to a@e.org over log\n"
    written(mine, "executive/2026-W11", "report")
    written(mine, "progress/2026-03-10", "north-harbour")
    assert said("--period", "2026-W11", "--dry-run") == "ready        executive 2026-W11 to a@e.org over log\n"
    assert said("--period", "2026-03-10", "--dry-run") == (
        "ready        progress North / Harbour 2026-03-10 to b@e.org over mail\n"
    )
    assert (
        said("--period", "2026-02") == "No list of REPORT_LISTS_FILE is about this period, so nobody gets anything.\n"
    )


def test_without_lists_it_says_how_they_are_written(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "load", lambda: settings)
    said = CliRunner().invoke(app, ["report", "send", "--dry-run"], catch_exceptions=False).output.splitlines()
    (one,) = load_lists(listed(settings, *yaml.safe_load(said[1])["lists"]))
    assert (one.report, one.every, one.to) == ("executive", "week", ("boss@example.org",))


def test_a_route_that_is_no_mail(settings: Settings) -> None:
    mine = listed(settings, TEAM)
    written(mine, "executive/2026-W11", "report")
    with pytest.raises(AlertError, match="names the route 'log', which is no e-mail route"):
        post(mine, plan(mine, [WEEK], again=False), datetime(2026, 3, 16, tzinfo=UTC))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cohort": "North"}, "progress needs a cohort, and no other report has one"),
        ({"report": "progress", "cohort": "North"}, "progress is written every day"),
        ({"every": "year"}, "lists.0.every"),
        ({"to": []}, "lists.0.to"),
        ({"who": "x"}, "lists.0.who"),
    ],
)
def test_wrong_lists_are_named(settings: Settings, change: dict[str, Any], said: str) -> None:
    with pytest.raises(AlertError, match=said):
        load_lists(listed(settings, TEAM | change))


def test_without_a_file_nobody_gets_anything(settings: Settings, tmp_path: Path) -> None:
    assert plan(settings, [WEEK], again=False) == []
    with pytest.raises(AlertError, match="cannot be read as YAML"):
        load_lists(settings.model_copy(update={"report_lists_file": str(tmp_path / "absent.yaml")}))
