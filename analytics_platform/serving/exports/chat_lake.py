"""Chats for others, in the folders that readers of such data expect, on a disk, gs:// or s3://.

    conversations/year=2026/month=03/day=10/{conversations.parquet, messages/messages.parquet,
                                             categories/categories.parquet}
    user_analytics/user_analytics.parquet
    analytics_reports/{daily/2026-03-10, weekly/2026-W11, monthly/2026-03}/{report.md, TABLE.csv}

Each file is whole or the old one; run again, the bytes are the same. A day that holds nothing any more loses its files,
and days of the place that the marts tell otherwise by now (of an erased person, say) are written again.
Does not live here: the rows (``chat_tables``).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from analytics_platform.errors import SettingsError
from analytics_platform.reports.documents import forms
from analytics_platform.serving.exports.chat_days import HandedOn
from analytics_platform.serving.exports.chat_reports import FOLDERS, chat_reports, reported_periods
from analytics_platform.serving.exports.chat_tables import open_chat_tables
from analytics_platform.serving.exports.exporting import Place, open_place
from analytics_platform.settings import Settings

_FOLDER = re.compile(r"conversations/year=(\d{4})/month=(\d\d)/day=(\d\d)/")


@dataclass
class ChatLake:
    """What was written: rows of each file, the days, the snapshot's version."""

    place: str
    version: str
    days: list[date]
    files: dict[str, int] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)


def write_chat_lake(settings: Settings, utc_days: Sequence[date], to: str = "") -> ChatLake:
    """Write the folders that these partitions touch, and the totals of people."""
    where = to or settings.chat_export_url
    if not where:
        raise SettingsError(
            "Set CHAT_EXPORT_URL to a folder, gs:// or s3:// place, or say --to where chats are written."
        )
    place = open_place(settings, where)
    with open_chat_tables(settings) as tables:
        handed, held = HandedOn(settings, where), _held(place)
        asked = tables.days(utc_days)
        done = ChatLake(where, tables.version, sorted({*asked, *handed.other_days(tables, held)}))
        for day in done.days:
            for name, table in tables.of_day(day).items():
                folder = f"conversations/year={day:%Y}/month={day:%m}/day={day:%d}"
                key = f"{folder}/{name}.parquet" if name == "conversations" else f"{folder}/{name}/{name}.parquet"
                _put(place, done, key, table)
        _put(place, done, "user_analytics/user_analytics.parquet", tables.users())
        handed.note(tables, held | set(done.days))
        last_day = date.fromisoformat(tables.last_day) if tables.last_day else None
    for document in chat_reports(settings, reported_periods(done.days, last_day)):
        folder = f"analytics_reports/{FOLDERS[document.period.grain]}/{document.period.key}"
        texts = {f"{table.name}.csv": forms.sheet(table) for table in document.tables}
        texts["report.md"] = forms.markdown(document)
        for name, text in texts.items():
            place.write(f"{folder}/{name}", [text.encode()])
            done.files[f"{folder}/{name}"] = 1
        for key in place.store.keys(folder):
            if key.removeprefix(f"{folder}/") not in texts:
                place.store.delete(key)
                done.removed.append(key)
    return done


def _held(place: Place) -> set[date]:
    """The days of the place, by their folders."""
    found = {_FOLDER.match(key) for key in place.store.keys("conversations/")}
    return {date(*(int(part) for part in one.groups())) for one in found if one}


def _put(place: Place, done: ChatLake, key: str, table: pa.Table) -> None:
    if table.num_rows:
        place.write(key, _parquet(table))
        done.files[key] = table.num_rows
    elif place.store.exists(key):
        place.store.delete(key)
        done.removed.append(key)


def _parquet(table: pa.Table) -> Iterable[bytes]:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    yield sink.getvalue().to_pybytes()
