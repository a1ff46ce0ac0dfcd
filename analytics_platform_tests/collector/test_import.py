"""``import xapi``: whatever wrote the file; once however often; old history is not dated on today without a word."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.errors import PlatformError
from analytics_platform.settings import Settings

from .conftest import build_lake
from .samples import seven_taps, with_id

TWO = [with_id(), with_id()]
FORMS: dict[str, Callable[[list[Any]], str]] = {
    "lines": lambda many: "\n".join(map(json.dumps, many)),
    "lines of Windows": lambda many: "\ufeff" + "\r\n".join(map(json.dumps, many)) + "\r\n",
    "array": lambda many: json.dumps(many, indent=2),
    "result of an LRS": lambda many: json.dumps({"statements": many, "more": "/xapi/statements?more=abc"}),
    "result, more first": lambda many: json.dumps({"more": "", "statements": many}, indent=4),
    "Learning Locker's documents": lambda many: "\n".join(json.dumps({"_id": 1, "statement": one}) for one in many),
    "result with a BOM": lambda many: "\ufeff" + json.dumps({"statements": many}),
}


@pytest.fixture
def said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setattr(settings_module, "load", lambda: settings)

    def run(*words: str) -> str:
        return CliRunner().invoke(app, ["import", "xapi", *words], catch_exceptions=False).output

    return run


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_files(said: Callable[..., str], tmp_path: Path, form: str) -> None:
    file = tmp_path / "statements.json"
    file.write_text(FORMS[form](TWO), "utf-8")
    assert "stored: 2\n" in said(str(file))
    assert "duplicate: 2\n" in said(str(file))


def test_one_statement_printed_over_many_lines(said: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(with_id(), indent=2))
    assert "stored: 1\n" in said(str(file))


def test_a_result_that_breaks_off_is_told(said: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "torn.json"
    file.write_text(json.dumps({"statements": TWO}) + "x")
    with pytest.raises(PlatformError, match=r"torn\.json cannot be read to its end: .*behind its statements"):
        said(str(file))


def test_statements_without_ids_are_stored_once(said: Callable[..., str], settings: Settings, tmp_path: Path) -> None:
    answer = seven_taps()
    file, longer = tmp_path / "moodle.ndjson", tmp_path / "later.ndjson"
    file.write_text("\n".join(map(json.dumps, [answer, answer, seven_taps("b" * 32)])))
    longer.write_text("\n".join(map(json.dumps, [seven_taps("b" * 32), answer, answer, answer])))
    assert "stored: 3\n" in said(str(file))
    assert "duplicate: 3\n" in said(str(file))
    told = said(str(longer))
    assert "duplicate: 3\n" in told
    assert "stored: 1\n" in told
    assert sum(entry.stored for entry in build_lake(settings.home, "xapi/statements")) == 4


def test_reasons_are_summed_up_and_the_command_ships(said: Callable[..., str], tmp_path: Path) -> None:
    bad = [with_id(actor={"name": str(number)}) for number in range(30)]
    file = tmp_path / "mixed.ndjson"
    file.write_text("\n".join(map(json.dumps, [*TWO, *bad])))
    told = said(str(file))
    assert "  30 × refused: actor must have exactly one of account, mbox, mbox_sha1sum, openid; it has none" in told
    assert told.count("mixed.ndjson #") == 10
    assert "32 lines shipped. 1 day waits to be built" in told
    assert "analytics-platform materialize --from 20" in told
    assert "make demo" not in told


def test_old_history_is_left_out_and_told(
    said: Callable[..., str], settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = ["2015-03-02T10:00:00Z", "2021-01-01T00:00:00Z", "2014-12-31T23:30:00-02:00", "0001-01-02T00:00:00+14:00"]
    file = tmp_path / "history.ndjson"
    file.write_text("\n".join([*(json.dumps(with_id(timestamp=time)) for time in times), json.dumps(seven_taps())]))
    told = said(str(file))
    assert "stored: 2\n" in told
    assert "left out: before PLATFORM_FIRST_DAY: 3\n" in told
    assert "3 statements are of days before PLATFORM_FIRST_DAY (2020-01-01), the oldest of 0001-01-01." in told
    assert "materialize --from 2021-01-01" in told
    earlier = settings.model_copy(update={"platform_first_day": date(2015, 1, 1)})
    monkeypatch.setattr(settings_module, "load", lambda: earlier)
    told = said(str(file))
    assert "stored: 2\n" in told
    assert "duplicate: 2\n" in told
    assert "1 statement is of days before PLATFORM_FIRST_DAY (2015-01-01)" in told
    assert "materialize --from 2015-01-01" in told


def test_old_history_may_be_dated_on_today(said: Callable[..., str], tmp_path: Path) -> None:
    file = tmp_path / "history.ndjson"
    file.write_text(json.dumps(with_id(timestamp="2015-03-02T10:00:00Z")))
    assert "left out: before PLATFORM_FIRST_DAY: 1\n" in said(str(file))
    told = said(str(file), "--date-by-receipt")
    assert "stored: 1\n" in told
    assert "the oldest of 2015-03-02. They are dated on today." in told
