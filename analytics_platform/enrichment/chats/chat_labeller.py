"""Labels of chats: each distinct user text of a day once by a version, each day written whole as soon as it is done.

``lake/labels/exchanges/day=…`` and, made from it, ``lake/labels/conversations/day=…``. A text that the day's file has
already in the same version is not labelled again, so a killed or repeated run goes on where it was. Does not live here:
how a label is found (``engine``).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from analytics_platform.contracts import CHAT_LABELS, TABLES
from analytics_platform.enrichment.answers.free_texts import BATCH, collect
from analytics_platform.enrichment.chats.chat_versions import note_labelled
from analytics_platform.enrichment.labels import TASKS, Label, Labels
from analytics_platform.enrichment.llm.llm_method import LIMIT_REACHED
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.parse_sql import quote_text
from analytics_platform.lake.workbench import days_sql, workbench, write_day
from analytics_platform.settings import Settings

MESSAGES = TABLES["nocodb/messages"]
EXCHANGES, CONVERSATIONS = CHAT_LABELS["labels/exchanges"], CHAT_LABELS["labels/conversations"]
JUDGED = ("topic", "intent", "sentiment")
# Behind the version of what a model could not be asked, for want of an answer or of money: it is asked again.
UNASKED, UNPAID = "unasked", "unpaid"
# A question mark of any script, or one of Thai's words for one, at the end.
_ASKS = r"([?？؟]|(ไหม|มั้ย|หรือเปล่า|หรือไม่|หรือยัง)\s*(คะ|ครับ|ค่ะ|นะคะ)?)[\s\p{P}\p{S}]*$"
_LABELLED = pa.schema(
    [(name, pa.string()) for name in ("text_key", "language", "topic", "topics", "intent", "sentiment", "safety")]
    + [(f"{task}_confidence", pa.float64()) for task in ("language", *JUDGED)]
    + [("method", pa.string()), ("version", pa.string())]
)
_COLUMNS = ", ".join(_LABELLED.names)


@dataclass(frozen=True)
class LabelledChats:
    """What was done for a day: turns and conversations written, texts that had to be labelled, texts left unasked."""

    day: date
    turns: int
    conversations: int
    labelled: int
    unasked: int


class ChatLabeller:
    """Labels user turns by the method of the settings; its model is loaded with the first text."""

    def __init__(self, engine: Engine, method_version: str) -> None:
        self._engine, self._method_version = engine, method_version

    @cached_property
    def version(self) -> str:
        return f"{self._method_version} {self._engine.rules.version} {self._engine.decisions.version}".strip()

    def label(self, texts: Sequence[tuple[str, str]]) -> pa.Table:
        """One row per (text_key, text)."""
        found = self._engine.label([one for _, one in texts], TASKS)
        rows = [self._row(key, labels) for (key, _), labels in zip(texts, found, strict=True)]
        return pa.Table.from_pylist(rows, _LABELLED)

    def _row(self, key: str, labels: Labels) -> dict[str, object]:
        topic = labels["topic"]
        row: dict[str, object] = {"text_key": key, "topics": "|".join(topic.labels) or None}
        row |= {task: labels[task].label for task in TASKS}
        row |= {f"{task}_confidence": labels[task].confidence for task in ("language", *JUDGED)}
        return {**row, "method": topic.method, "version": f"{self.version} {_unasked(topic)}".strip()}


def open_chat_labeller(settings: Settings) -> ChatLabeller:
    """The labeller of this platform: CHAT_LABELS_METHOD says how."""
    folder = settings.home / "models"
    engine = Engine(model_folder=folder)
    if settings.chat_labels_method == "local":
        return ChatLabeller(engine, engine.local.version)
    from analytics_platform.enrichment.llm.llm_method import from_settings
    from analytics_platform.enrichment.llm.llm_prompt import Prompt

    engine.method = from_settings(engine.taxonomies, settings, folder)
    return ChatLabeller(engine, f"{settings.llm_model} {Prompt(engine.taxonomies, TASKS).version}")


def label_chats(settings: Settings, days: Sequence[date], labeller: ChatLabeller | None = None) -> list[LabelledChats]:
    """Label the chats of these days, one day after the other."""
    lake, found = open_lake(settings), labeller or open_chat_labeller(settings)
    return [_label_day(lake, found, day, settings.handoff_marker) for day in days]


def _label_day(lake: Lake, labeller: ChatLabeller, day: date, marker: str) -> LabelledChats:
    if not any(lake.store.exists(lake_key(table, day)) for table in (MESSAGES, EXCHANGES)):
        return LabelledChats(day, 0, 0, 0, 0)  # a file without a row would be news to the marts
    with workbench(lake) as (connection, folder):
        _read(connection, lake, folder, day, marker)
        known = days_sql(lake, EXCHANGES, [day], folder / "before")
        collect(connection, "labelled", _LABELLED.empty_table())
        connection.execute(
            f"insert into labelled select {_COLUMNS} from (select distinct on (text_key) * from ({known}))"
            " where version = $1 and text_key in (select text_key from turns)",
            [labeller.version],
        )
        done, unasked = 0, Counter[str]()
        while texts := connection.execute(
            "select text_key, min(text) from turns where text_key not in (select text_key from labelled)"
            f" group by text_key order by text_key limit {BATCH}"
        ).fetchall():
            labels = labeller.label(texts)
            collect(connection, "labelled", labels)
            done += len(texts)
            endings = [str(version).rpartition(" ")[2] for version in labels["version"].to_pylist()]
            unasked.update(ending for ending in endings if ending in (UNASKED, UNPAID))
        turns = write_day(
            connection, lake, folder, EXCHANGES, day, "select * from turns join labelled using (text_key)"
        )
        conversations = write_day(connection, lake, folder, CONVERSATIONS, day, _OF_CONVERSATIONS)
    note_labelled(lake, day, labeller.version, unasked=unasked[UNASKED] > 0, unpaid=unasked[UNPAID] > 0)
    return LabelledChats(day, turns, conversations, done, unasked.total())


def _read(connection: duckdb.DuckDBPyConnection, lake: Lake, folder: Path, day: date, marker: str) -> None:
    """Fill ``turns`` with the exchanges of a day in which the user wrote anything; what is deleted is not paid for."""
    handed = f"coalesce(contains(answer, {quote_text(marker)}), false)" if marker else "false"
    connection.execute(f"""
        create temp table turns as
        select message_id, day, conversation_id, event_time, trim(query) as text, md5(trim(query)) as text_key,
            {handed} as hands_over, coalesce(regexp_matches(answer, {quote_text(_ASKS)}), false) as asks
        from ({days_sql(lake, MESSAGES, [day], folder)})
        where trim(coalesce(query, '')) <> '' and not is_deleted
    """)


def _unasked(label: Label) -> str:
    """Why a model was not asked; empty where it was."""
    if label.method != "llm" or not label.is_unknown or not label.reasons:
        return ""
    return UNPAID if LIMIT_REACHED in label.reasons else UNASKED


def _best(task: str) -> str:
    """The label with the most confidence over the turns; unknown only where every turn is."""
    return f"""
        select conversation_id, arg_max({task}, (sure, {task})) as {task}, max(sure) / max(turns) as {task}_confidence
        from (
            select conversation_id, {task}, sum({task}_confidence) as sure, any_value(turns) as turns
            from (
                select said.*, count(*) over (partition by conversation_id) as turns from said where {task} <> 'unknown'
            )
            group by conversation_id, {task}
        )
        group by conversation_id"""


_OF_CONVERSATIONS = f"""
    with said as (select * from turns join labelled using (text_key)),
    totals as (
        select conversation_id, day, count(*) as turns, bool_or(hands_over) as hands_over,
            case max(case safety when 'critical' then 3 when 'high' then 2 when 'medium' then 1 else 0 end)
                when 3 then 'critical' when 2 then 'high' when 1 then 'medium' else 'none' end as safety,
            arg_min(sentiment, (event_time, message_id)) filter (where sentiment <> 'unknown') as first_sentiment,
            arg_max(sentiment, (event_time, message_id)) filter (where sentiment <> 'unknown') as last_sentiment,
            max(method) as method, max(version) as version
        from said group by conversation_id, day
    ),
    every_topic as (
        select conversation_id, string_agg(distinct topic, '|' order by topic) as topics
        from (select conversation_id, unnest(string_split(topics, '|')) as topic from said where topics is not null)
        group by conversation_id
    ),
    {", ".join(f"best_{task} as ({_best(task)})" for task in ("language", *JUDGED))}
    select totals.*, topics,
        {
    ", ".join(
        f"coalesce({t}, 'unknown') as {t}, coalesce({t}_confidence, 0) as {t}_confidence" for t in ("language", *JUDGED)
    )
}
    from totals left join every_topic using (conversation_id)
    {" ".join(f"left join best_{task} using (conversation_id)" for task in ("language", *JUDGED))}
"""
