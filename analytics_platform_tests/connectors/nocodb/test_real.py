"""Against a real NocoDB: some thousand rows, edits and deletions; partitions and the sensor pull them in Dagster, and
the lake agrees row by row, twice.

Too heavy for every run: it runs where NOCODB_TEST_URL, NOCODB_TEST_EMAIL and NOCODB_TEST_PASSWORD name a server and an
account that may make bases. How to start one (outside of this repository):

    npm install nocodb@0.301.3 (with "overrides": {"xlsx": "0.18.5"}) && npm rebuild sqlite3
    node -e 'const {Noco} = require("nocodb"), app = require("express")(), server = require("http").createServer(app);
      server.listen(28431, "127.0.0.1", async () => app.use(await Noco.init({}, server, app)))'
    with NC_ADMIN_EMAIL and NC_ADMIN_PASSWORD set
"""

import json
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest
from pydantic import SecretStr

from analytics_platform.connectors.nocodb.pulling import examine
from analytics_platform.contracts import TABLES
from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.defs.nocodb import nocodb_sensor
from analytics_platform.defs.setting_groups import setting_groups
from analytics_platform.defs.sources import source_assets
from analytics_platform.lake import open_lake
from analytics_platform.operations.waiting import waiting_days
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import rows as lake_rows

MESSAGES, CONVERSATIONS = 4_000, 400
PATHS = ("nocodb/messages", "nocodb/conversations")
TODAY = datetime.now(UTC).date()
DAYS = [TODAY - timedelta(days=number) for number in (2, 1, 0)]
TEXTS = ("id", "conversation_id", "app_id", "model_id", "query", "answer", "message", "inputs", "currency", "status",
         "from_end_user_id", "parent_message_id", "total_price")  # fmt: skip
NUMBERS = ("message_tokens", "answer_tokens")


@dataclass
class Real:
    """A base of its own with two tables."""

    client: httpx.Client
    base: str
    token: str
    messages: str
    conversations: str

    def write(self, method: str, table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        answers = []
        for start in range(0, len(rows), 500):
            answer = self.client.request(method, f"/api/v2/tables/{table}/records", json=rows[start : start + 500])
            answer.raise_for_status()
            answers += answer.json()
        return answers

    def every(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            asked = {"limit": 1000, "offset": len(found), "sort": "Id"}
            page = self.client.get(f"/api/v2/tables/{table}/records", params=asked).raise_for_status().json()
            found += page["list"]
            if page["pageInfo"]["isLastPage"]:
                return found


@pytest.fixture
def real() -> Iterator[Real]:
    if not (url := os.environ.get("NOCODB_TEST_URL")):
        pytest.skip("NOCODB_TEST_URL is not set: no real NocoDB to pull from (the sign of this file says how)")
    account = {"email": os.environ["NOCODB_TEST_EMAIL"], "password": os.environ["NOCODB_TEST_PASSWORD"]}
    with httpx.Client(base_url=url, timeout=120) as client:
        signed = client.post("/api/v1/auth/user/signin", json=account).raise_for_status().json()
        client.headers["xc-auth"] = signed["token"]
        base = client.post("/api/v2/meta/bases/", json={"title": f"try {datetime.now(UTC):%H%M%S%f}"})
        base_id = base.raise_for_status().json()["id"]
        token = client.post("/api/v1/tokens", json={"description": "try"}).raise_for_status().json()["token"]

        def table(title: str, columns: dict[str, str]) -> str:
            listed = [{"column_name": name, "title": name, "uidt": kind} for name, kind in columns.items()]
            asked = {
                "table_name": title,
                "title": title,
                "columns": [{"column_name": "Id", "title": "Id", "uidt": "ID"}, *listed],
            }
            made = client.post(f"/api/v2/meta/bases/{base_id}/tables", json=asked).raise_for_status()
            return str(made.json()["id"])

        texts = dict.fromkeys(TEXTS, "LongText") | dict.fromkeys(NUMBERS, "Number") | {"created_at": "DateTime"}
        talks = {"id": "SingleLineText", "app_id": "SingleLineText", "name": "LongText", "inputs": "LongText",
                 "from_end_user_id": "SingleLineText", "is_deleted": "Checkbox", "created_at": "DateTime"}  # fmt: skip
        try:
            yield Real(client, base_id, token, table("messages", texts), table("conversations", talks))
        finally:
            client.delete(f"/api/v2/meta/bases/{base_id}")


@pytest.fixture
def settings(tmp_path: Path, real: Real) -> Settings:
    return Settings(
        platform_home=tmp_path,
        nocodb_url=str(real.client.base_url),
        nocodb_token=SecretStr(real.token),
        nocodb_messages_table=real.messages,
        nocodb_conversations_table=real.conversations,
        nocodb_page_size=200,
        nocodb_requests_per_second=20,
        _env_file=None,
    )


def exchange(number: int) -> dict[str, Any]:
    day = DAYS[number % 3]
    minute = "00:00" if day == TODAY else f"{number // 60 % 24:02}:{number % 60:02}"  # not in the future
    prompt = [{"role": "system", "text": "secret 77"}, {"role": "user", "text": f"ราคา {number}?"}]
    return {
        "id": f"m{number:05d}",
        "conversation_id": f"c{number % CONVERSATIONS}",
        "app_id": "app",
        "model_id": "m",
        "query": "" if number % 50 == 0 else f"ราคา {number}?",
        "message": repr(prompt),
        "answer": f'It\'s {number}, "really"\n🙂',
        "inputs": json.dumps({"language": "th", "currency": "THB", "tier": "gold", "balance": "1234.56"}),
        "currency": "USD",
        "status": "normal",
        "from_end_user_id": f"u{number % 90}",
        "total_price": f"0.{number:09d}",
        "message_tokens": number,
        "answer_tokens": 7,
        "created_at": f"{day}T{minute}:{number % 59:02}Z",
    }


def conversation(number: int) -> dict[str, Any]:
    return {"id": f"c{number}", "app_id": "app", "name": f"Talk {number}", "inputs": "{}", "is_deleted": False,
            "from_end_user_id": f"u{number % 90}", "created_at": f"{DAYS[number % 3]}T00:00:03Z"}  # fmt: skip


def agrees(settings: Settings, real: Real) -> int:
    """The lake's rows that are not marked as deleted are the server's rows; how many there are."""
    lake = open_lake(settings)
    for path in PATHS:
        entries = [lake.ledger.read(TABLES[path], day) for day in DAYS]
        assert all(entry and entry.balances and not entry.quarantined for entry in entries)

    def stored(path: str, columns: str) -> list[tuple[Any, ...]]:
        return sorted(
            row[:-1] for day in DAYS for row in lake_rows(lake, path, day, f"{columns}, is_deleted") if not row[-1]
        )

    there = sorted(
        (row["id"], row["conversation_id"], row["query"] or f"ราคา {int(row['id'][1:])}?", row["answer"],
         f"{float(row['total_price']):.9f}", row["message_tokens"], row["status"], "th", "THB", "gold",
         f"chat:{row['from_end_user_id']}", row["created_at"][:19])
        for row in real.every(real.messages)
    )  # fmt: skip
    columns = """message_id, conversation_id, query, answer, total_price::varchar, query_tokens, status, language,
        inputs_currency, tier, actor_key, strftime(event_time, '%Y-%m-%d %H:%M:%S')"""
    assert stored("nocodb/messages", columns) == there
    talks = sorted((row["id"], row["name"]) for row in real.every(real.conversations) if not row["is_deleted"])
    assert stored("nocodb/conversations", "conversation_id, name") == talks
    return len(there)


def materialise(settings: Settings, **tags: str) -> int:
    """A backfill of the days from the control room, in one run; the lines that landing has more than before."""
    before = landed(settings)
    with warnings.catch_warnings(action="ignore", category=dg.BetaWarning):
        assets = [asset for asset in source_assets(settings) if asset.key.to_user_string() in PATHS]
    span = {RANGE_START: str(DAYS[0]), RANGE_END: str(DAYS[-1])}
    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize(assets, instance=instance, tags=span | tags, resources=setting_groups(settings)).success
    return landed(settings) - before


def landed(settings: Settings) -> int:
    lake = open_lake(settings)
    return sum(segment.lines or 0 for path in PATHS for segment in lake.landing.segments(TABLES[path]))


def test_two_rounds_of_changes(settings: Settings, real: Real) -> None:
    made = real.write("POST", real.messages, [exchange(number) for number in range(MESSAGES)])
    real.write("POST", real.conversations, [conversation(number) for number in range(CONVERSATIONS)])
    assert [well for well, _ in examine(settings)] == [True, True]
    assert materialise(settings) == MESSAGES + CONVERSATIONS
    assert agrees(settings, real) == MESSAGES
    assert materialise(settings) == 0

    ids = [row["Id"] for row in made]
    real.write(
        "PATCH", real.messages, [{"Id": id, "answer": f"Edited {id}.", "status": "reviewed"} for id in ids[:300:5]]
    )
    real.write("DELETE", real.messages, [{"Id": id} for id in ids[1000:1040]])
    real.write("POST", real.messages, [exchange(number) for number in range(MESSAGES, MESSAGES + 50)])
    talk = next(row for row in real.every(real.conversations) if row["id"] == "c7")
    real.write("PATCH", real.conversations, [{"Id": talk["Id"], "is_deleted": True}])
    before, result = landed(settings), nocodb_sensor(settings)(dg.build_sensor_context())
    assert isinstance(result, dg.SensorResult)
    assert "the sensor reopened_days asks for these days" in str(result.skip_reason)
    # What was edited, deleted or is new, and the last minute's rows of the position are no news.
    assert landed(settings) - before == 60 + 40 + 50 + 1
    assert waiting_days(settings)
    assert materialise(settings, **{"dagster/sensor_name": "reopened_days"}) == 0  # it has landed what is new
    assert agrees(settings, real) == MESSAGES + 10

    real.write("PATCH", real.messages, [{"Id": id, "query": f"Again {id}?"} for id in ids[:200:2]])
    real.write("DELETE", real.messages, [{"Id": id} for id in ids[2000:2100]])
    assert materialise(settings) == 200
    assert agrees(settings, real) == MESSAGES - 90
    assert materialise(settings) == 0
