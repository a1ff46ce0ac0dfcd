"""Readers: a few threads, each with a connection of its own, so that the event loop never waits for a disk."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from analytics_platform.collector.errors import Overloaded, StoreUnavailable
from analytics_platform.collector.store.connection import Connection, Database

_THREADS = 2
T = TypeVar("T")


class Readers:
    """Runs questions on connections; a broken connection is opened anew by the next question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pool = ThreadPoolExecutor(_THREADS, "collector-reader")
        self._local = threading.local()
        self._open: list[Connection] = []

    async def ask(self, question: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._answer, question)

    def _answer(self, question: Callable[[Connection], T]) -> T:
        try:
            connection: Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = self._database.connect()
                self._open.append(connection)
            return question(connection)
        except StoreUnavailable as error:
            broken: Connection | None = getattr(self._local, "connection", None)
            self._local.connection = None
            if broken is not None:
                broken.close()
                self._open.remove(broken)
            raise Overloaded(str(error)) from error

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        for connection in self._open:
            connection.close()
        self._open.clear()
