"""The cache of answers: a snapshot never changes, so the same SQL over the same version has the same rows.

One place for a process, bounded in bytes. A question that is just being answered for another caller waits for that
answer. The SQL says everything about a viewer that matters (``roles`` writes it in). Does not live here: pages' own
cache of a session.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future

import pyarrow as pa

MOST_BYTES, LARGEST = 96 << 20, 8 << 20


class Kept:
    """Tables by what was asked; the least used go first, and all of an older version when a newer one comes."""

    def __init__(self, most_bytes: int = MOST_BYTES, largest: int = LARGEST) -> None:
        self._most, self._largest = most_bytes, largest
        self._tables: OrderedDict[tuple[object, ...], tuple[str, pa.Table]] = OrderedDict()
        self._asking: dict[tuple[object, ...], Future[pa.Table]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def answer(self, place: tuple[object, ...], version: str, sql: str, ask: Callable[[], pa.Table]) -> pa.Table:
        """The table of ``sql`` over a version of what is at ``place``; who waits gets what ``ask`` raises, too."""
        key = (*place, version, sql)
        with self._lock:
            if key in self._tables:
                self._tables.move_to_end(key)
                return self._tables[key][1]
            asked = self._asking.get(key)
            own = asked is None
            if asked is None:
                asked = self._asking[key] = Future()
        if not own:
            return asked.result()
        try:
            table = ask()
        except BaseException as error:
            with self._lock:
                del self._asking[key]
            asked.set_exception(error)
            raise
        with self._lock:
            del self._asking[key]
            self._keep(key, version, table)
        asked.set_result(table)
        return table

    def _keep(self, key: tuple[object, ...], version: str, table: pa.Table) -> None:
        for old in [k for k, (of, _) in self._tables.items() if of < version and k[0] == key[0]]:
            self._forget(old)
        if table.nbytes > self._largest:
            return
        self._tables[key] = (version, table)
        self._bytes += table.nbytes
        while self._bytes > self._most:
            self._forget(next(iter(self._tables)))

    def _forget(self, key: tuple[object, ...]) -> None:
        self._bytes -= self._tables.pop(key)[1].nbytes


KEPT = Kept()
