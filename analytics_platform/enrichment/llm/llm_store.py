"""What is remembered between calls of a paid model: answers by text, prompt version and model, and the money spent.

One SQLite file. Texts are kept as hashes only. Does not live here: when to ask (``llm_method``).
"""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock

Answer = dict[str, tuple[str, float]]

_TABLES = """
create table if not exists answers (key text primary key, answer text not null) without rowid;
create table if not exists spending (day text primary key, amount real not null) without rowid;
"""


class Store:
    """A cache of answers and a book of spending; several processes may use one file."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._lock = Lock()
        with closing(self._open()) as connection:
            connection.executescript(_TABLES)

    def recall(self, keys: Sequence[str]) -> dict[str, Answer]:
        with self._lock, closing(self._open()) as connection:
            rows = [
                row
                for start in range(0, len(keys), 500)
                for row in connection.execute(
                    f"select key, answer from answers where key in ({','.join('?' * len(keys[start : start + 500]))})",
                    list(keys[start : start + 500]),
                )
            ]
        return {
            key: {task: (label, sure) for task, (label, sure) in json.loads(answer).items()} for key, answer in rows
        }

    def remember(self, answers: dict[str, Answer]) -> None:
        rows = [(key, json.dumps(answer)) for key, answer in answers.items()]
        with self._lock, closing(self._open()) as connection, connection:
            connection.executemany("insert or replace into answers values (?, ?)", rows)

    def forget(self, keys: Sequence[str]) -> None:
        with self._lock, closing(self._open()) as connection, connection:
            connection.executemany("delete from answers where key = ?", [(key,) for key in keys])

    def spend(self, day: str, amount: float) -> None:
        with self._lock, closing(self._open()) as connection, connection:
            connection.execute(
                "insert into spending values (?, ?) on conflict (day) do update set amount = amount + excluded.amount",
                (day, amount),
            )

    def spent(self, day: str) -> float:
        with self._lock, closing(self._open()) as connection:
            row = connection.execute("select amount from spending where day = ?", (day,)).fetchone()
        return float(row[0]) if row else 0.0

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=30)


def key_of(text: str, prompt_version: str, model: str) -> str:
    return hashlib.sha256("\0".join((model, prompt_version, text)).encode()).hexdigest()
