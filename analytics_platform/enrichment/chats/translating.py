"""Exchanges of chats in another language: ``lake/labels/translations/day=…``, each text once by a version.

A day is written again after every few exchanges; translations that a killed run had received are kept. An exchange
whose texts have changed since, or that was deleted, loses its translation. Does not live here: asking a model
(``translator``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from analytics_platform.contracts import CHAT_LABELS, TABLES
from analytics_platform.enrichment.answers.free_texts import collect
from analytics_platform.enrichment.chats.chat_versions import TRANSLATED, note_labelled
from analytics_platform.enrichment.chats.translator import Translator
from analytics_platform.enrichment.errors import TranslationError
from analytics_platform.enrichment.llm.llm_method import LIMIT_REACHED
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.parse_sql import quote_text
from analytics_platform.lake.workbench import days_of, days_sql, workbench, write_day
from analytics_platform.settings import Settings

MESSAGES = TABLES["nocodb/messages"]
EXCHANGES, TRANSLATIONS = CHAT_LABELS["labels/exchanges"], CHAT_LABELS["labels/translations"]
AT_ONCE = 40  # exchanges between two writings of a day
CHUNK_DAYS = 31
_KEY = "md5(coalesce(query, '') || chr(31) || coalesce(answer, ''))"


@dataclass(frozen=True)
class DayTranslations:
    """Of a day: exchanges that were asked for, translated now, there before; why the others were left."""

    day: date
    asked: int
    translated: int
    already: int
    reason: str = ""

    @property
    def left(self) -> int:
        return self.asked - self.translated - self.already


def translate_days(settings: Settings, days: Sequence[date], translator: Translator) -> list[DayTranslations]:
    """Every exchange of these days whose query is not known to be in the language already."""
    lake = open_lake(settings)
    return [_translate_day(lake, day, translator, None) for day in days if lake.store.exists(lake_key(MESSAGES, day))]


def translate_one(settings: Settings, id: str, translator: Translator) -> list[DayTranslations]:
    """A conversation or a message, on whichever days it is."""
    lake = open_lake(settings)
    found = _days_of(lake, id)
    if not found:
        raise TranslationError(
            f"No conversation or message {id!r} is in the lake. Give a conversation_id or message_id of the exchanges."
        )
    return [_translate_day(lake, day, translator, id) for day in found]


def read_translations(settings: Settings, id: str, language: str) -> list[tuple[str, str | None, str | None]]:
    """(message_id, query, answer) of a conversation or message, in its order."""
    lake = open_lake(settings)
    with workbench(lake) as (connection, folder):
        days = _days_of(lake, id)
        messages = days_sql(lake, MESSAGES, days, folder)
        translations = days_sql(lake, TRANSLATIONS, days, folder)
        found: list[tuple[str, str | None, str | None]] = connection.execute(
            f"select said.message_id, said.query, said.answer from ({translations}) as said"
            f" inner join ({messages}) as messages using (message_id, day)"
            " where said.language = $1 and $2 in (said.message_id, said.conversation_id)"
            " order by messages.event_time, said.message_id",
            [language, id],
        ).fetchall()
        return found


def _days_of(lake: Lake, id: str) -> list[date]:
    days, found = days_of(lake, MESSAGES), list[date]()
    for first in range(0, len(days), CHUNK_DAYS):
        with workbench(lake) as (connection, folder):
            rows = days_sql(lake, MESSAGES, days[first : first + CHUNK_DAYS], folder)
            found += [
                day
                for (day,) in connection.execute(
                    f"select distinct day from ({rows}) where $1 in (message_id, conversation_id) order by day", [id]
                ).fetchall()
            ]
    return found


def _translate_day(lake: Lake, day: date, translator: Translator, id: str | None) -> DayTranslations:
    language = quote_text(translator.language)
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, MESSAGES, [day], folder)
        labels = days_sql(lake, EXCHANGES, [day], folder)
        before = days_sql(lake, TRANSLATIONS, [day], folder / "before")
        connection.execute(f"""
            create temp table exchanges as
            select message_id, conversation_id, day, event_time, nullif(trim(query), '') as query,
                nullif(trim(answer), '') as answer, {_KEY} as text_key
            from ({rows}) where not is_deleted and (trim(query) <> '' or trim(answer) <> '')
        """)
        connection.execute(f"""
            create temp table done as
            select before.* from ({before}) as before inner join exchanges using (message_id, text_key)
            where before.language <> {language} or before.version = {quote_text(translator.version)}
        """)
        there = f"select message_id from done where language = {language}"
        wanted = (
            f"message_id not in (select message_id from ({labels}) where language = {language})"
            if id is None
            else f"{quote_text(id)} in (message_id, conversation_id)"
        )
        counts = f"select count(*), count(*) filter (where message_id in ({there})) from exchanges where {wanted}"
        asked, already = connection.execute(counts).fetchone() or (0, 0)
        waiting = connection.execute(
            "select message_id, conversation_id, text_key, query, answer from exchanges"
            f" where {wanted} and message_id not in ({there}) order by event_time, message_id"
        ).fetchall()
        schema, translated, reason = connection.table("done").limit(0).to_arrow_table().schema, 0, ""
        for first in range(0, len(waiting), AT_ONCE):
            portion = waiting[first : first + AT_ONCE]
            made, reason = _translated(translator, day, portion, schema)
            translated += made.num_rows
            if made.num_rows:
                collect(connection, "done", made)
                write_day(connection, lake, folder, TRANSLATIONS, day, "select * from done")
                whole = set(made["message_id"].to_pylist())
                translator.written(text for id, *_, one, two in portion if id in whole for text in (one, two) if text)
            if reason:
                break  # no money, or no answer: the rest would not fare better
        if not translated and lake.store.exists(lake_key(TRANSLATIONS, day)):
            write_day(connection, lake, folder, TRANSLATIONS, day, "select * from done")
    done = DayTranslations(day, asked, translated, already, reason)
    if id is None:
        unpaid = done.left > 0 and reason == LIMIT_REACHED
        unasked = done.left > 0 and not unpaid
        note_labelled(lake, day, translator.version, unasked=unasked, unpaid=unpaid, folder=TRANSLATED)
    return done


def _translated(
    translator: Translator, day: date, rows: Sequence[tuple[Any, ...]], schema: pa.Schema
) -> tuple[pa.Table, str]:
    """Rows of the exchanges whose texts all came back."""
    texts = [text for *_, query, answer in rows for text in (query, answer) if text]
    found, reason = translator.translate(texts)
    made = [
        {
            "translation_id": f"{message}|{translator.language}",
            "day": day,
            "message_id": message,
            "conversation_id": conversation,
            "language": translator.language,
            "text_key": key,
            "query": query and found[query],
            "answer": answer and found[answer],
            "version": translator.version,
        }
        for message, conversation, key, query, answer in rows
        if all(text is None or text in found for text in (query, answer))
    ]
    return pa.Table.from_pylist(made, schema), reason
