"""The process that forwards, one thread for each target, so that a target that is away holds up no other.

Does not live here: keeping the process alive (``kept_process``).
"""

import os
import signal
import threading
from multiprocessing.connection import Connection

from analytics_platform.collector.forwarding.sending import RemoteLrs
from analytics_platform.collector.forwarding.source import ForwardSource
from analytics_platform.collector.forwarding.targets import Target, load_targets
from analytics_platform.collector.store.databases import open_database
from analytics_platform.errors import PlatformError
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Pump
from analytics_platform.lake.pump_status import StatusFile
from analytics_platform.settings import Settings


def open_forward(settings: Settings, target: Target) -> tuple[Pump, RemoteLrs]:
    """The pump of a target, and what it pumps into."""
    database = open_database(settings.collector_store)
    remote = RemoteLrs(target, database)
    source = ForwardSource(target, database, open_lake(settings).erasures)
    return Pump(source, remote, StatusFile.of(settings.home)), remote


def forward_once(settings: Settings) -> list[str]:
    """Send what waits to each target; a line for each."""
    said = []
    for target in load_targets(settings.collector_forward_file):
        pump, remote = open_forward(settings, target)
        try:
            sent = pump.once()
            said.append(f"{target.name}: {sent - remote.refused:,} statements sent, {remote.refused:,} refused there.")
        except PlatformError as error:
            said.append(f"{target.name}: {error}")
        finally:
            remote.close()
    return said


def forward_forever(settings: Settings, parent: Connection) -> None:
    """Every few seconds, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.nice(5)  # answering comes first
    ended = threading.Event()
    threads = []
    for target in load_targets(settings.collector_forward_file):
        pump, remote = open_forward(settings, target)
        threads.append(threading.Thread(target=_run, args=(pump, remote, ended), name=target.queue, daemon=True))
        threads[-1].start()
    parent.poll(None)
    ended.set()
    for thread in threads:
        thread.join(timeout=5)


def _run(pump: Pump, remote: RemoteLrs, ended: threading.Event) -> None:
    try:
        pump.forever(ended.wait)
    finally:
        remote.close()
