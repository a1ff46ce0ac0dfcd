"""How far the labels of chats in the lake agree with what a simulation meant (truth.json): Cohen's kappa by task.

Each exchange counts, as the marts count it. Does not live here: the truth (``simulator/chat_words``).
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from analytics_platform.contracts import CHAT_LABELS, TABLES
from analytics_platform.enrichment.errors import EvaluationError
from analytics_platform.enrichment.learning.evaluation import kappa_of_pairs
from analytics_platform.lake import open_lake
from analytics_platform.lake.workbench import days_of, days_sql, workbench
from analytics_platform.settings import Settings

MESSAGES, EXCHANGES = TABLES["nocodb/messages"], CHAT_LABELS["labels/exchanges"]
TASKS = ("language", "topic", "intent", "sentiment")
CHUNK_DAYS = 31
Pairs = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Agreement:
    """One task: labelled exchanges, the share that is right, kappa, and what was taken for what most often."""

    task: str
    exchanges: int
    right: float
    kappa: float
    confusions: dict[str, int]


def agreement(settings: Settings) -> list[Agreement]:
    """Of every task; an error where nothing was simulated or labelled."""
    file = settings.home / "truth.json"
    if not file.exists():
        raise EvaluationError(f"{file} is not there: only simulated chats have a truth. Run `analytics-platform demo`.")
    meant = json.loads(file.read_text("utf-8"))["chat"].get("questions")
    if not meant:
        raise EvaluationError(f"{file} is of an older simulator and has no labelled questions: simulate anew.")
    pairs: dict[str, Pairs] = {task: Counter() for task in TASKS}
    lake = open_lake(settings)
    days = days_of(lake, EXCHANGES)
    for first in range(0, len(days), CHUNK_DAYS):
        _count(settings, meant, days[first : first + CHUNK_DAYS], pairs)
    if not pairs["topic"]:
        raise EvaluationError("No simulated exchange is labelled: materialise labels/exchanges for their days first.")
    return [_agreement(task, found) for task, found in pairs.items()]


def _count(settings: Settings, meant: list[dict[str, str]], days: Sequence[date], pairs: dict[str, Pairs]) -> None:
    lake = open_lake(settings)
    with workbench(lake) as (connection, folder):
        connection.register("meant", pa.Table.from_pylist(meant))
        messages = days_sql(lake, MESSAGES, days, folder)
        labels = days_sql(lake, EXCHANGES, days, folder)
        for task, found in pairs.items():
            rows: list[tuple[Any, ...]] = connection.execute(f"""
                select meant.{task}, said.{task}, count(*)
                from ({labels}) as said
                inner join ({messages}) as messages on messages.message_id = said.message_id and messages.day = said.day
                inner join meant on meant.text = trim(messages.query)
                group by all
            """).fetchall()
            for true, said, count in rows:
                found[true, said] += count


def _agreement(task: str, pairs: Pairs) -> Agreement:
    total = pairs.total()
    right = sum(count for (true, said), count in pairs.items() if true == said)
    wrong = Counter({f"{true} → {said}": count for (true, said), count in pairs.items() if true != said})
    return Agreement(task, total, right / total, kappa_of_pairs(pairs), dict(wrong.most_common(3)))
