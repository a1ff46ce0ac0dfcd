"""Chats for others: folders of days on a disk and in buckets, collections of MongoDB; again, and nothing changes."""

import hashlib
import importlib.util
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.errors import ExportError, SettingsError, WarehouseError
from analytics_platform.reports.documents.periods import parse
from analytics_platform.serving.exports.chat_lake import write_chat_lake
from analytics_platform.serving.exports.chat_reports import reported_periods
from analytics_platform.settings import Settings
from analytics_platform_tests.lake.buckets import BUCKET, KEYS, emulator
from analytics_platform_tests.semantics.snapshot import put

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)


def moment(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, 30, 0, 123456, tzinfo=UTC)


def talk(id: str, day: date, **more: Any) -> dict[str, Any]:
    return {"conversation_id": id, "person_id": "ann", "first_local_day": day, "first_at": moment(day.day, 9),
            "last_at": moment(day.day, 10), "message_count": 1, "exchange_count": 1, "is_handed_over": False,
            "language": "th"} | more  # fmt: skip


def said(id: str, of: str, day: date, **more: Any) -> dict[str, Any]:
    return {"message_id": id, "conversation_id": of, "day": day, "local_day": day, "exchanged_at": moment(day.day, 9),
            "person_id": "ann", "model_id": "m", "currency": "USD", "total_price": Decimal("0.000000001"),
            "query_tokens": 10, "answer_tokens": 5, "is_regenerated": False, "has_error": False,
            "is_handed_over": False} | more  # fmt: skip


def publish(settings: Settings, **changes: Any) -> None:
    """one began on Monday and goes on on Tuesday; two began on Tuesday; lost was deleted, its exchange was paid."""
    rows: dict[str, Any] = {
        "conversations": [talk("one", MONDAY), talk("two", TUESDAY, person_id="ben")],
        "conversation_outcomes": [
            {"conversation_id": "one", "topic": "pricing", "length_band": "1-2"},
            {"conversation_id": "two", "topic": "account", "length_band": "1-2"},
        ],
        "exchanges": [
            said("a", "one", MONDAY),
            said("b", "one", TUESDAY, currency="THB", total_price=Decimal("40.5")),
            said("c", "two", TUESDAY, person_id="ben", has_error=True),
            said("d", "lost", TUESDAY),
        ],
        "conversation_categories": [
            {"conversation_id": "one", "kind": "topic", "value": "pricing", "turns": 2, "confidence": 0.5},
            {"conversation_id": "one", "kind": "intent", "value": "question", "turns": 2, "confidence": 0.5},
        ],
        "conversation_translations": [
            {"message_id": "a", "conversation_id": "one", "day": MONDAY, "language": "en", "query": "hello"}
        ],
        "user_activities": [{"local_day": MONDAY, "person_id": "ann", "day": MONDAY}],
    }
    put(settings, **(rows | changes))


WITHOUT_ANN: dict[str, Any] = {
    "conversations": [talk("two", TUESDAY, person_id="ben")],
    "conversation_outcomes": [{"conversation_id": "two", "topic": "account", "length_band": "1-2"}],
    "exchanges": [said("c", "two", TUESDAY, person_id="ben", has_error=True)],
    "conversation_categories": [],
    "conversation_translations": [],
}


def files(folder: Path) -> dict[str, str]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in found}


def test_days_are_folders_and_again_they_are_the_same(settings: Settings, tmp_path: Path) -> None:
    publish(settings)
    out = tmp_path / "out"
    done = write_chat_lake(settings, [TUESDAY], str(out))
    # Tuesday's partition holds an exchange of a conversation of Monday: its day is written too.
    assert done.days == [MONDAY, TUESDAY]
    before = files(out)
    assert set(before) >= {
        "conversations/year=2026/month=03/day=09/conversations.parquet",
        "conversations/year=2026/month=03/day=09/messages/messages.parquet",
        "conversations/year=2026/month=03/day=09/categories/categories.parquet",
        "conversations/year=2026/month=03/day=10/conversations.parquet",
        "conversations/year=2026/month=03/day=10/messages/messages.parquet",
        "user_analytics/user_analytics.parquet",
        "analytics_reports/daily/2026-03-09/report.md",
        "analytics_reports/daily/2026-03-10/report.md",
    }
    assert not [name for name in before if "weekly" in name]  # the week is not over
    messages = pq.read_table(out / "conversations/year=2026/month=03/day=09/messages/messages.parquet")
    assert messages["message_id"].to_pylist() == ["a", "b"]
    talks = pq.read_table(out / "conversations/year=2026/month=03/day=09/conversations.parquet").to_pylist()
    assert [(row["conversation_id"], row["person_id"], row["topic"]) for row in talks] == [("one", "ann", "pricing")]
    users = pq.read_table(out / "user_analytics/user_analytics.parquet").to_pylist()
    told = ("person_id", "currency", "conversations", "messages", "errors", "total_price", "active_days", "main_topic")
    assert [tuple(row[name] for name in told) for row in users] == [
        ("ann", "THB", 1, 1, 0, Decimal("40.5"), 1, "pricing"),
        ("ann", "USD", 2, 2, 0, Decimal("0.000000002"), 2, "pricing"),
        ("ben", "USD", 1, 1, 1, Decimal("0.000000001"), 1, None),
    ]
    write_chat_lake(settings, [MONDAY, TUESDAY], str(out))
    assert files(out) == before


def test_what_is_gone_loses_its_files(settings: Settings, tmp_path: Path) -> None:
    publish(settings)
    write_chat_lake(settings, [MONDAY, TUESDAY], str(tmp_path / "out"))
    publish(settings, conversations=[talk("one", MONDAY)], conversation_categories=[])
    done = write_chat_lake(settings, [MONDAY, TUESDAY], str(tmp_path / "out"))
    left = [name for name in files(tmp_path / "out") if name.startswith("conversations/")]
    assert sorted(left) == [
        "conversations/year=2026/month=03/day=09/conversations.parquet",
        "conversations/year=2026/month=03/day=09/messages/messages.parquet",
    ]
    assert len([key for key in done.removed if key.endswith(".parquet")]) == 3


def test_the_next_run_of_another_day_takes_out_an_erased_person(settings: Settings, tmp_path: Path) -> None:
    """Ann is erased after Monday was handed on, and the next run is asked for Tuesday alone."""
    out, monday = tmp_path / "out", "conversations/year=2026/month=03/day=09"
    publish(settings)
    write_chat_lake(settings, [MONDAY, TUESDAY], str(out))
    assert write_chat_lake(settings, [], str(out)).days == []  # nothing else is written again
    publish(settings, **WITHOUT_ANN)
    assert write_chat_lake(settings, [TUESDAY], str(out)).days == [MONDAY, TUESDAY]
    assert not [name for name in files(out) if name.startswith(monday)]
    for name in files(out):
        text = str(pq.read_table(out / name).to_pylist()) if name.endswith(".parquet") else (out / name).read_text()
        assert "ann" not in text.split("'")
        assert "chat:1" not in text
    assert write_chat_lake(settings, [], str(out)).days == []


@pytest.mark.parametrize("kind", ["s3", "gs"])
def test_a_bucket_holds_the_same(
    kind: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    publish(settings)
    write_chat_lake(settings, [TUESDAY], str(tmp_path / "out"))
    (tmp_path / "bucket").mkdir()
    with emulator(kind, tmp_path / "bucket") as port:
        there = settings.model_copy(update={"lake_endpoint": f"http://127.0.0.1:{port}"})
        place = f"{kind}://{BUCKET}/chats"
        for _ in range(2):
            done = write_chat_lake(there, [TUESDAY], place)
        from analytics_platform.lake.store import open_store

        store = open_store(place, tmp_path / "scratch", there.lake_endpoint)
        keys = store.keys("conversations") + store.keys("user_analytics") + store.keys("analytics_reports")
        content = {key: hashlib.sha256(store.read(key) or b"").hexdigest() for key in keys}
    assert content == files(tmp_path / "out")
    assert done.removed == []


def test_weeks_and_months_are_told_when_they_are_over() -> None:
    days = [date(2026, 3, 28), date(2026, 3, 29)]
    names = [period.key for period in reported_periods(days, date(2026, 3, 29))]
    assert names == ["2026-03-28", "2026-03-29", "2026-W13"]
    assert [period.key for period in reported_periods(days, None)] == ["2026-03-28", "2026-03-29"]
    late = reported_periods([date(2026, 3, 1)], date(2026, 4, 2))
    assert late == [parse("2026-03-01"), parse("2026-W09"), parse("2026-03")]


def test_the_command_says_what_is_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    publish(settings)
    monkeypatch.setattr(settings_module, "load", lambda: settings)

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["export-chats", *words], catch_exceptions=False)

    with pytest.raises(SettingsError, match="CHAT_EXPORT_URL"):
        run("--from", "2026-03-10")
    assert "is before" in run("--from", "2026-03-10", "--to-day", "2026-03-09").output
    said = run("--from", "2026-03-09", "--to-day", "2026-03-10", "--to", str(tmp_path / "out")).output
    assert "day=09/messages/messages.parquet: 2 rows" in said
    with pytest.raises(SettingsError, match="MONGODB_URL"):
        run("--from", "2026-03-10", "--mongodb")
    put(settings, absent=("conversation_categories",))
    with pytest.raises(WarehouseError, match="no mart conversation_categories"):
        run("--from", "2026-03-10", "--to", str(tmp_path / "out"))


@pytest.fixture
def mongo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """mongomock: no registry that we reach has a server. It does not know ``sort`` of pymongo 4.11 and later."""
    if importlib.util.find_spec("mongomock") is None:
        pytest.skip("mongomock is not installed: nothing to test MongoDB against")
    import mongomock
    from mongomock.collection import BulkOperationBuilder

    known = BulkOperationBuilder.add_replace

    def add_replace(self: Any, selector: Any, document: Any, upsert: bool, **more: Any) -> Any:
        assert more.pop("sort") is None
        return known(self, selector, document, upsert, **more)

    monkeypatch.setattr(BulkOperationBuilder, "add_replace", add_replace)
    with mongomock.MongoClient("mongodb://localhost/chats", tz_aware=True) as client:
        yield client


def documents(mongo: Any) -> dict[str, list[Any]]:
    database = mongo.get_default_database()
    names = sorted(database.list_collection_names())
    return {name: sorted(database[name].find(), key=lambda row: str(row["_id"])) for name in names}


def test_six_collections_and_a_rerun_changes_nothing(settings: Settings, mongo: Any) -> None:
    from analytics_platform.serving.exports.mongodb import INDEXES, upsert_chats

    publish(settings)
    done = upsert_chats(settings, [MONDAY, TUESDAY], mongo)
    assert done.new == {
        "conversation_analytics": 2,
        "conversation_messages": 3,
        "conversation_categories": 2,
        "conversation_translations": 1,
        "analytics_reports": 2,
        "user_analytics": 3,
    }
    before = documents(mongo)
    assert set(before) == set(INDEXES)
    first = before["conversation_messages"][0]
    assert (first["_id"], first["day"], first["local_day"]) == ("a", "2026-03-09", "2026-03-09")
    assert first["exchanged_at"] == moment(9, 9).replace(microsecond=123000)
    assert str(first["total_price"]) == "1E-9"
    report = before["analytics_reports"][0]
    assert (report["_id"], report["grain"]) == ("conversations|2026-03-09", "daily")
    again = upsert_chats(settings, [MONDAY, TUESDAY], mongo)
    assert not any([*again.new.values(), *again.changed.values(), *again.deleted.values()])
    assert documents(mongo) == before
    indexed = mongo.get_default_database()["conversation_messages"].index_information()
    assert [("conversation_id", 1), ("exchanged_at", 1)] in [index["key"] for index in indexed.values()]


def test_edits_replace_and_what_is_gone_goes(settings: Settings, mongo: Any) -> None:
    from analytics_platform.serving.exports.mongodb import upsert_chats

    publish(settings)
    upsert_chats(settings, [MONDAY, TUESDAY], mongo)
    publish(settings, conversations=[talk("one", MONDAY, message_count=9)], conversation_categories=[])
    done = upsert_chats(settings, [MONDAY, TUESDAY], mongo)
    assert (done.changed["conversation_analytics"], done.deleted["conversation_analytics"]) == (1, 1)
    assert (done.deleted["conversation_messages"], done.deleted["conversation_categories"]) == (1, 2)
    assert [row["message_count"] for row in documents(mongo)["conversation_analytics"]] == [9]


def test_the_next_run_of_another_day_takes_an_erased_person_out_of_the_database(settings: Settings, mongo: Any) -> None:
    from analytics_platform.serving.exports.mongodb import upsert_chats

    publish(settings)
    upsert_chats(settings, [MONDAY, TUESDAY], mongo)
    assert upsert_chats(settings, [], mongo).days == []
    publish(settings, **WITHOUT_ANN)
    upsert_chats(settings, [TUESDAY], mongo)
    left = documents(mongo)
    assert "chat:1" not in str(left)
    assert "'ann'" not in str(left)
    assert [row["_id"] for row in left["conversation_messages"]] == ["c"]


def test_a_database_that_is_not_there_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pymongo")
    from pydantic import SecretStr

    from analytics_platform.serving.exports import mongodb

    publish(settings)
    monkeypatch.setattr(mongodb, "CONNECT_MS", 200)
    away = settings.model_copy(update={"mongodb_url": SecretStr("mongodb://127.0.0.1:9/x")})
    with pytest.raises(ExportError, match="ServerSelectionTimeoutError"):
        mongodb.upsert_chats(away, [MONDAY])
    wrong = settings.model_copy(update={"mongodb_url": SecretStr("http://127.0.0.1:9/x")})
    with pytest.raises(SettingsError, match="MONGODB_URL cannot be used"):
        mongodb.upsert_chats(wrong, [MONDAY])
