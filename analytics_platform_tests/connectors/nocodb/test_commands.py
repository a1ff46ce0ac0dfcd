"""collect, doctor and the imports of exports, as a person types them."""

import csv
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.connectors.nocodb.connection import connection_of, fields_of
from analytics_platform.connectors.nocodb.pulling import examine
from analytics_platform.connectors.nocodb.rows import chosen_inputs
from analytics_platform.errors import SettingsError, SourceError
from analytics_platform.settings import Settings

from .conftest import CONVERSATIONS, MESSAGES, stored
from .standin import NocoDB, Trouble

COLLECT = ["collect", "--start-date", "2026-03-09", "--end-date", "2026-03-11"]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(settings_module, "load", lambda: settings)
    return CliRunner()


def test_collect_twice_and_resume(run: CliRunner, nocodb: NocoDB, settings: Settings) -> None:
    said = run.invoke(app, COLLECT, catch_exceptions=False).output
    assert "nocodb/messages 2026-03-10: the server counts 255, 250 came" in said
    assert "6 table days pulled: 265 rows came, 265 lines landed." in said
    assert "analytics-platform materialize --from 2026-03-09 --to 2026-03-11" in said
    assert "0 lines landed" in run.invoke(app, COLLECT, catch_exceptions=False).output
    asked = nocodb.requests
    assert "0 table days pulled" in run.invoke(app, [*COLLECT, "--resume"], catch_exceptions=False).output
    assert nocodb.requests == asked
    assert len(stored(settings, "message_id")) == 250


def test_collect_goes_on_where_it_failed(run: CliRunner, nocodb: NocoDB, settings: Settings) -> None:
    settings_module.load = lambda: settings.model_copy(update={"nocodb_retry_seconds": 0.0})  # type: ignore[assignment]
    nocodb.troubles = [lambda number: Trouble("refuse", 500) if number > 6 else None]
    with pytest.raises(SourceError, match="--resume"):
        run.invoke(app, [*COLLECT, "--resume"], catch_exceptions=False)
    nocodb.troubles = []
    said = run.invoke(app, [*COLLECT, "--resume"], catch_exceptions=False).output
    assert re.search("^[1-5] table days pulled", said, flags=re.MULTILINE)
    assert len(stored(settings, "message_id")) == 250


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start-date", "2026-03-11", "--end-date", "2026-03-09"], "holds no day up to today"),
        (["--start-date", "2999-01-01"], "holds no day up to today"),
        (["--start-date", "2019-12-31"], "PLATFORM_FIRST_DAY"),
        (["--start-date", "11.3.2026"], "does not match the format"),
        (["--start-date", "2026-03-09", "--app-id", "x)~or(id,neq,1"], "is no id of an app"),
        (["--start-date", "2026-03-09", "--batch-size", "5000"], "less than or equal to 1000"),
        ([], "Missing option"),
    ],
)
def test_wrong_arguments_are_named(run: CliRunner, nocodb: NocoDB, words: list[str], said: str) -> None:
    answer = run.invoke(app, ["collect", *words], catch_exceptions=False, env={"COLUMNS": "300", "NO_COLOR": "1"})
    assert answer.exit_code == 2
    assert said in answer.output
    assert nocodb.requests == 0


def test_one_app_and_small_pages(run: CliRunner, nocodb: NocoDB) -> None:
    nocodb.tables["t_messages"][3]["app_id"] = "other"
    said = run.invoke(app, [*COLLECT, "--app-id", "other", "--batch-size", "10"], catch_exceptions=False).output
    assert "6 table days pulled: 1 rows came, 1 lines landed." in said


def test_doctor_tries_the_connection_and_names_a_missing_field(settings: Settings, nocodb: NocoDB) -> None:
    assert [well for well, _ in examine(settings)] == [True, True]
    for row in nocodb.tables["t_messages"]:
        row["Conversation_id"] = row.pop("conversation_id")
    (_, (well, words)) = examine(settings)
    assert not well
    assert "has no field conversation_id: set NOCODB_FIELDS. It has: " in words
    assert "Conversation_id" in words
    named = settings.model_copy(update={"nocodb_fields": "conversation_id=Conversation_id"})
    assert [well for well, _ in examine(named)] == [True, True]
    gone = settings.model_copy(update={"nocodb_url": "http://127.0.0.1:9", "nocodb_retry_seconds": 0})
    assert "the connection failed (ConnectError)" in next(iter(examine(gone)))[1]
    assert list(examine(Settings(platform_home=settings.home, _env_file=None))) == []


def test_half_a_connection_says_what_is_missing(settings: Settings) -> None:
    half = settings.model_copy(update={"nocodb_messages_table": "", "nocodb_conversations_table": ""})
    with pytest.raises(SettingsError, match="NOCODB_URL needs NOCODB_TOKEN"):
        connection_of(half)


def test_names_of_fields() -> None:
    assert fields_of("id=uuid, messages.query=question") == {
        CONVERSATIONS: {"id": "uuid"},
        MESSAGES: {"id": "uuid", "query": "question"},
    }
    for wrong in ("id", "nothing=x", "talks.id=x", "conversations.query=x"):
        with pytest.raises(SettingsError, match="NOCODB_FIELDS has"):
            fields_of(wrong)


def test_inputs_that_are_no_json_are_none() -> None:
    assert chosen_inputs("{broken", ["language"]) == {}
    assert chosen_inputs(["x"], ["language"]) == {}
    assert chosen_inputs({"language": "th", "secret": 1}, ["language"]) == {"language": "th"}


@pytest.mark.parametrize("form", ["csv", "json", "list", "ndjson"])
def test_exports_are_imported_once(
    run: CliRunner, nocodb: NocoDB, settings: Settings, tmp_path: Path, form: str
) -> None:
    rows, file = nocodb.tables["t_messages"][:20], tmp_path / f"export.{form}"
    rows[19] |= {"CreatedAt": "2099-03-01 10:00:00+00:00"}  # a clock that is ahead: landing dates it by its receipt
    if form == "csv":
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, rows[0].keys(), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
    else:
        lines = "\n".join(json.dumps(row) for row in rows)
        texts = {"json": json.dumps(rows, indent=1), "list": json.dumps({"list": rows}), "ndjson": lines}
        file.write_text(texts[form])
    command = ["import", "messages", str(file)]
    assert "new or edited rows 20" in run.invoke(app, [*command, "--dry-run"], catch_exceptions=False).output
    assert "20 rows read, 20 good, 0 refused" in run.invoke(app, command, catch_exceptions=False).output
    again = run.invoke(app, command, catch_exceptions=False).output
    assert "already stored 20" in again
    assert "Nothing is new" in again
    found = stored(settings, "message_id, query, answer_tokens, total_price::double, tier")
    assert found[3] == ("m000003", rows[3]["query"], 20, 0.0012, "gold")
    assert len(found) == 19  # the one of the future lives on the day of its receipt


def test_an_export_says_which_rows_it_cannot_take(run: CliRunner, nocodb: NocoDB, tmp_path: Path) -> None:
    rows = [
        row | {"CreatedAt": at} for row, at in zip(nocodb.tables["t_messages"], ["soon", "2019-05-01"], strict=False)
    ]
    file = tmp_path / "export.json"
    file.write_text(json.dumps([*rows, 3]))
    said = run.invoke(app, ["import", "messages", str(file)], catch_exceptions=False).output
    assert "line 1: has no time of creation that can be read in CreatedAt" in said
    assert "line 2: is of 2019-05-01: set PLATFORM_FIRST_DAY" in said
    assert "line 3: is no JSON object" in said
