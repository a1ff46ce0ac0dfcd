"""A process beside the collector that is kept running: shipping, forwarding.

A process of its own: parsing lines in the collector's process doubled latencies. Does not live here: what it does.
"""

import logging
import multiprocessing
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from analytics_platform.settings import Settings

log = logging.getLogger(__name__)


class KeptProcess:
    """Starts ``run`` in a process of its own, again when it ends. ``run`` ends when its connection does."""

    def __init__(self, name: str, settings: Settings, run: Callable[[Settings, Connection], None]) -> None:
        self._name, self._settings, self._run = name, settings, run
        self._context = multiprocessing.get_context("spawn")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"collector-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop after what is under way; what waits is done by the next start."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _keep(self) -> None:
        while not self._stop.is_set():
            mine, its = self._context.Pipe()
            process = self._context.Process(target=self._run, args=(self._settings, its), daemon=True)
            process.start()
            its.close()
            while not self._stop.wait(0.2) and process.is_alive():
                pass
            mine.close()  # the process sees the end of the pipe, also when this one was killed
            process.join(timeout=20)
            if not self._stop.is_set():
                log.error("The process of %s ended with %s; it is started again.", self._name, process.exitcode)
                self._stop.wait(2)
