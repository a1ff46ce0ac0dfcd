"""The tables of chats that others are given, as SQL over the published marts, and which days of them a run touches.

A local day holds the conversations that began on it, with all of their messages and categories, whenever those came: a
conversation that goes on brings its day again. Marts hold no words of chats, so none leave here but translations that
somebody asked for. Does not live here: writing them (``chat_lake``, ``mongodb``).
"""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from analytics_platform.errors import WarehouseError
from analytics_platform.insights.gathering import patient
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import OpenReader

NEEDED = ("conversations", "conversation_outcomes", "exchanges", "conversation_categories")
_OF_DAY = "conversation_id in (select conversation_id from conversations where first_local_day = $1)"
OF_DAY = {
    "conversations": """
        select conversations.*, outcomes.tier, outcomes.length_band, outcomes.is_contained,
            outcomes.is_abandoned, outcomes.topic, outcomes.intent, outcomes.sentiment, outcomes.first_sentiment,
            outcomes.last_sentiment, outcomes.sentiment_shift, outcomes.is_repeat_contact
        from conversations
        left join conversation_outcomes as outcomes on conversations.conversation_id = outcomes.conversation_id
        where conversations.first_local_day = $1 order by conversations.conversation_id""",
    "messages": f"select * from exchanges where {_OF_DAY} order by conversation_id, exchanged_at, message_id",
    "categories": f"select * from conversation_categories where {_OF_DAY} order by conversation_id, kind, value",
}
TRANSLATIONS = f"select * from conversation_translations where {_OF_DAY} order by message_id, language"
# Whole numbers and moments only: a sum of fractions depends on the order of its rows.
_SUMS = """
    select first_local_day as day, 'conversations' as what, count(*) as row_count, count(actor_key) as named,
        sum(message_count) as amount, max(last_at) as latest
    from conversations group by first_local_day
    union all
    select conversations.first_local_day, 'messages', count(*), count(exchanges.actor_key),
        sum(coalesce(exchanges.query_tokens, 0) + coalesce(exchanges.answer_tokens, 0)), max(exchanges.exchanged_at)
    from exchanges inner join conversations on exchanges.conversation_id = conversations.conversation_id
    group by conversations.first_local_day
    union all
    select conversations.first_local_day, 'categories', count(*), count(categories.value), sum(categories.turns),
        cast(null as timestamp)
    from conversation_categories as categories
    inner join conversations on categories.conversation_id = conversations.conversation_id
    group by conversations.first_local_day"""
_TRANSLATED = """
    union all
    select conversations.first_local_day, 'translations', count(*), count(translations.query),
        count(translations.answer), cast(null as timestamp)
    from conversation_translations as translations
    inner join conversations on translations.conversation_id = conversations.conversation_id
    group by conversations.first_local_day"""
USERS = """
    with said as (
        select * from exchanges where person_id is not null
    ),
    topics as (
        select said.person_id, categories.value as topic, count(distinct said.conversation_id) as conversations
        from said inner join conversation_categories as categories
            on said.conversation_id = categories.conversation_id
        where categories.kind = 'topic' group by 1, 2
    ),
    main_topics as (
        select person_id, topic,
            row_number() over (partition by person_id order by conversations desc, topic) as place,
            count(*) over (partition by person_id) as topics
        from topics
    ),
    totals as (
        select person_id, coalesce(currency, 'none') as currency, count(distinct conversation_id) as conversations,
            count(*) as messages, sum(case when is_regenerated then 0 else 1 end) as exchanges,
            sum(case when has_error then 1 else 0 end) as errors,
            sum(case when is_handed_over then 1 else 0 end) as handoffs, count(distinct model_id) as models,
            sum(query_tokens) as query_tokens, sum(answer_tokens) as answer_tokens,
            sum(case when currency is not null then total_price end) as total_price,
            count(distinct local_day) as active_days, min(local_day) as first_local_day,
            max(local_day) as last_local_day
        from said group by 1, 2
    )
    select totals.*, coalesce(main_topics.topics, 0) as topics, main_topics.topic as main_topic
    from totals left join main_topics on totals.person_id = main_topics.person_id and main_topics.place = 1
    order by totals.person_id, totals.currency"""


class ChatTables:
    """The tables of one open snapshot."""

    def __init__(self, reader: OpenReader) -> None:
        self._reader = reader
        self.version, self.last_day = reader.snapshot.version, reader.snapshot.last_day
        if missing := [mart for mart in NEEDED if mart not in reader.snapshot.rows]:
            raise WarehouseError(
                f"The published snapshot has no mart {', '.join(missing)}, so chats cannot be handed on."
                " Run `analytics-platform materialize` first."
            )

    def days(self, utc_days: Sequence[date]) -> list[date]:
        """The local days whose folders change with these partitions: those on which their conversations began."""
        if not utc_days:
            return []
        found = self._reader.query(
            """select distinct conversations.first_local_day as day from conversations
            inner join exchanges on conversations.conversation_id = exchanges.conversation_id
            where exchanges.day between $1 and $2""",
            [min(utc_days), max(utc_days)],
        )
        return sorted({*utc_days, *found["day"].to_pylist()})

    def of_day(self, day: date) -> dict[str, pa.Table]:
        """conversations, messages and categories of a local day; empty tables where there was none."""
        return {name: self._reader.query(sql, [day]) for name, sql in OF_DAY.items()}

    def translations(self, day: date) -> pa.Table | None:
        has = "conversation_translations" in self._reader.snapshot.rows
        return self._reader.query(TRANSLATIONS, [day]) if has else None

    def day_sums(self) -> dict[date, list[str]]:
        """What changes when the rows of a local day do: counts and sums of each table, as texts."""
        has = "conversation_translations" in self._reader.snapshot.rows
        found: dict[date, list[str]] = {}
        for row in self._reader.query(_SUMS + (_TRANSLATED if has else "")).to_pylist():
            found.setdefault(row.pop("day"), []).append(" ".join(str(value) for value in row.values()))
        return {day: sorted(sums) for day, sums in found.items()}

    def users(self) -> pa.Table:
        """One row per person and currency; of who is no known person, per identifier."""
        return self._reader.query(USERS)

    def close(self) -> None:
        self._reader.close()

    def __enter__(self) -> "ChatTables":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_chat_tables(settings: Settings) -> ChatTables:
    reader = open_warehouse(patient(settings)).reader()
    try:
        return ChatTables(reader)
    except WarehouseError:
        reader.close()
        raise
