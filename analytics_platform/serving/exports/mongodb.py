"""Chats for others in MongoDB: six collections, each document under an id that stays, so that a rerun changes nothing.

What a day no longer holds is deleted from it, also on days that a run was not asked for: the marts tell them otherwise
when a person was erased. Days are texts as 2026-03-10, because BSON has no date without a time and
a zone; money is Decimal128. Does not live here: the rows (``chat_tables``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from analytics_platform.errors import ExportError, SettingsError
from analytics_platform.reports.documents.document import Document
from analytics_platform.serving.exports.chat_days import HandedOn
from analytics_platform.serving.exports.chat_reports import FOLDERS, chat_reports, reported_periods
from analytics_platform.serving.exports.chat_tables import ChatTables, open_chat_tables
from analytics_platform.settings import Settings

if TYPE_CHECKING:
    from pymongo import MongoClient
    from pymongo.database import Database

Doc = dict[str, Any]
AT_ONCE = 1_000
CONNECT_MS = 10_000
INDEXES: Mapping[str, Sequence[tuple[str, ...]]] = {
    "conversation_analytics": [("day",), ("person_id",), ("topic",)],
    "conversation_messages": [("day",), ("conversation_id", "exchanged_at")],
    "conversation_categories": [("day",), ("conversation_id",), ("kind", "value")],
    "conversation_translations": [("day",), ("conversation_id", "language")],
    "analytics_reports": [("grain", "period")],
    "user_analytics": [("person_id",)],
}
_IDS: Mapping[str, Callable[[Doc], str]] = {
    "conversation_analytics": lambda row: str(row["conversation_id"]),
    "conversation_messages": lambda row: str(row["message_id"]),
    "conversation_categories": lambda row: f"{row['conversation_id']}|{row['kind']}|{row['value']}",
    "conversation_translations": lambda row: f"{row['message_id']}|{row['language']}",
    "analytics_reports": lambda row: f"{row['kind']}|{row['period']}",
    "user_analytics": lambda row: f"{row['person_id']}|{row['currency']}",
}
_OF_DAY = {
    "conversations": "conversation_analytics",
    "messages": "conversation_messages",
    "categories": "conversation_categories",
}


@dataclass
class Upserted:
    """What changed: new documents, changed ones, deleted ones, by collection."""

    version: str
    days: list[date]
    new: dict[str, int] = field(default_factory=lambda: dict.fromkeys(INDEXES, 0))
    changed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(INDEXES, 0))
    deleted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(INDEXES, 0))


def upsert_chats(settings: Settings, utc_days: Sequence[date], client: "MongoClient[Doc] | None" = None) -> Upserted:
    """Bring the days that these partitions touch, all people and the reports into the database of MONGODB_URL."""
    opened = client or _open(settings)
    from pymongo.errors import PyMongoError

    try:
        return _upsert_all(settings, utc_days, opened.get_default_database("analytics"))
    except PyMongoError as error:
        raise ExportError(
            f"MongoDB did not take the chats: {type(error).__name__}: {str(error)[:200]}. Check MONGODB_URL and the"
            " rights of its user, then run the days again: what was written stays as it is."
        ) from error
    finally:
        if client is None:
            opened.close()


def _upsert_all(settings: Settings, utc_days: Sequence[date], database: "Database[Doc]") -> Upserted:
    with open_chat_tables(settings) as tables:
        handed = HandedOn(settings, settings.mongodb_url.get_secret_value() or "mongodb")
        held = {date.fromisoformat(day) for day in database["conversation_analytics"].distinct("day")}
        asked = tables.days(utc_days)
        done = Upserted(tables.version, sorted({*asked, *handed.other_days(tables, held)}))
        for collection, indexes in INDEXES.items():
            for index in indexes:
                database[collection].create_index([(name, 1) for name in index])
        for day in done.days:
            for collection, table in _of_day(tables, day):
                rows = [row | {"day": str(day)} for row in _documents(table)]
                _upsert(database, done, collection, rows, {"day": str(day)})
        _upsert(database, done, "user_analytics", _documents(tables.users()), {})
        handed.note(tables, held | set(done.days))
        last_day = date.fromisoformat(tables.last_day) if tables.last_day else None
    for document in chat_reports(settings, reported_periods(done.days, last_day)):
        row = _report(document)
        _upsert(database, done, "analytics_reports", [row], {"kind": row["kind"], "period": row["period"]})
    return done


def _open(settings: Settings) -> "MongoClient[Doc]":
    url = settings.mongodb_url.get_secret_value()
    if not url:
        raise SettingsError("Set MONGODB_URL, as mongodb://user:password@host/analytics, to hand chats on to MongoDB.")
    try:
        from pymongo import MongoClient
        from pymongo.errors import ConfigurationError
    except ImportError as error:
        raise ExportError("MongoDB needs its extra: pip install 'analytics-platform[mongodb]'.") from error
    try:
        return MongoClient(url, serverSelectionTimeoutMS=CONNECT_MS, tz_aware=True)
    except ConfigurationError as error:
        raise SettingsError(f"MONGODB_URL cannot be used: {error}.") from None


def _of_day(tables: ChatTables, day: date) -> Iterator[tuple[str, pa.Table]]:
    for name, table in tables.of_day(day).items():
        yield _OF_DAY[name], table
    translations = tables.translations(day)
    if translations is not None:
        yield "conversation_translations", translations


def _upsert(database: "Database[Doc]", done: Upserted, name: str, rows: list[Doc], within: Doc) -> None:
    """Documents that differ are replaced, and what is no longer among them is deleted within the same condition."""
    from pymongo import ReplaceOne

    collection = database[name]
    known = {row["_id"]: row for row in collection.find(within)}
    wanted = {_IDS[name](row): row for row in rows}
    changed = [row | {"_id": id} for id, row in wanted.items() if known.get(id) != row | {"_id": id}]
    for start in range(0, len(changed), AT_ONCE):
        some = changed[start : start + AT_ONCE]
        collection.bulk_write([ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in some], ordered=False)
    gone = [id for id in known if id not in wanted]
    for start in range(0, len(gone), AT_ONCE):
        collection.delete_many({"_id": {"$in": gone[start : start + AT_ONCE]}})
    done.new[name] += sum(row["_id"] not in known for row in changed)
    done.changed[name] += sum(row["_id"] in known for row in changed)
    done.deleted[name] += len(gone)


def _documents(table: pa.Table) -> list[Doc]:
    return [{name: _plain(value) for name, value in row.items()} for row in table.to_pylist()]


def _plain(value: Any) -> Any:
    from bson import Decimal128

    if isinstance(value, Decimal):
        return Decimal128(value)
    if isinstance(value, datetime):  # BSON counts milliseconds
        return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)
    return str(value) if isinstance(value, date) else value


def _report(document: Document) -> Doc:
    """A report as it is shown: figures with what they are of, tables with their rows."""
    sections = [
        {
            "title": section.title,
            "figures": [{k: _plain(v) for k, v in asdict(figure).items()} for figure in section.figures],
            "tables": [
                {
                    "name": table.name,
                    "title": table.title,
                    "columns": [column.name for column in table.columns],
                    "rows": [[_plain(value) for value in row] for row in table.rows],
                }
                for table in section.tables
            ],
            "notes": list(section.notes),
            "missing": section.missing,
        }
        for section in document.sections
    ]
    grain = document.period.grain
    return {
        "kind": document.kind,
        "grain": FOLDERS[grain],
        "period": document.period.key,
        "first_day": str(document.period.first),
        "last_day": str(document.period.last),
        "title": document.title,
        "warnings": list(document.warnings),
        "sections": sections,
    }
