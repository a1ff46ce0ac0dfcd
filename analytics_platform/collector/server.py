"""Putting the collector together and running it: store, writer, readers, the processes beside it, one event loop.

Does not live here: what a request does (``app``).
"""

import asyncio
import gc
import logging
import sys
import threading
import time
from ipaddress import ip_address

import uvicorn

from analytics_platform.collector import logs, memory
from analytics_platform.collector.access import Access
from analytics_platform.collector.app import App
from analytics_platform.collector.bearer import Bearer
from analytics_platform.collector.cors import Origins
from analytics_platform.collector.errors import StoreUnavailable
from analytics_platform.collector.forwarding.running import forward_forever
from analytics_platform.collector.forwarding.targets import load_targets
from analytics_platform.collector.kept_process import KeptProcess
from analytics_platform.collector.limits import Limits
from analytics_platform.collector.metrics import Metrics
from analytics_platform.collector.protocol import GuardedProtocol
from analytics_platform.collector.proxies import Proxies
from analytics_platform.collector.services import Services
from analytics_platform.collector.shipping import ship_forever
from analytics_platform.collector.store.connection import Database
from analytics_platform.collector.store.credentials import add_credential, list_credentials
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.readers import Readers
from analytics_platform.collector.store.refused import forget_refused
from analytics_platform.collector.store.retention import Keep, forget_statements
from analytics_platform.collector.store.writer import Writer
from analytics_platform.settings import Settings

log = logging.getLogger(__name__)


def build_app(settings: Settings, database: Database, shipping: bool = True) -> App:
    """The application of one process; its threads run between startup and shutdown."""
    limits, metrics = Limits.from_settings(settings), Metrics()
    readers = Readers(database)
    writer = Writer(database, limits.queue, limits.unshipped, metrics)
    beside = [KeptProcess("shipping", settings, ship_forever)] if shipping else []
    targets = load_targets(settings.collector_forward_file)
    if targets and shipping:
        beside.append(KeptProcess("forwarding", settings, forward_forever))
    keep = Keep(settings.collector_keep_days, settings.collector_keep_mb, tuple(target.queue for target in targets))
    access = Access(readers, settings.collector_public_url, Bearer.of(settings))
    services = Services(writer, readers, access, limits, metrics, keep.forwarded)

    tasks: list[asyncio.Task[None]] = []
    ended = threading.Event()

    async def start() -> None:
        writer.start()
        tasks.append(asyncio.create_task(memory.give_back()))
        tasks.append(asyncio.create_task(_forget(database, settings.collector_refused_days, keep, ended)))
        for process in beside:
            process.start()

    async def stop() -> None:
        ended.set()
        for task in tasks:
            task.cancel()
        await asyncio.to_thread(writer.close)
        await asyncio.gather(*(asyncio.to_thread(process.close) for process in beside))
        readers.close()

    origins = Origins(settings.collector_origins)
    proxies = Proxies(settings.collector_proxies, settings.collector_prefix)
    return App(services, origins, proxies, start, stop)


def configuration(settings: Settings, app: App) -> uvicorn.Config:
    GuardedProtocol.header_seconds = settings.collector_request_seconds
    return uvicorn.Config(
        app,
        host=settings.collector_host,
        port=settings.collector_port,
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # ``proxies`` reads them
        ssl_certfile=settings.collector_tls_cert or None,
        ssl_keyfile=settings.collector_tls_key or None,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
        backlog=4096,
        log_config=None,  # ``logs`` has given its lines our form
        log_level="warning",
    )


def serve(settings: Settings) -> None:
    """Run until a signal ends it. What is acknowledged is on disk; what is not shipped is shipped by the next start."""
    # The writer's thread needs the interpreter briefly and often: 5 ms of waiting each time halved the throughput,
    # half a millisecond still cost a tenth.
    sys.setswitchinterval(0.0001)
    # Statements have no cycles: looking for some after each batch took a tenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    memory.few_heaps()
    logs.set_up(settings.collector_log_format)
    if _is_in_clear(settings):
        log.warning(
            "Passwords would travel in clear text to %s: set COLLECTOR_TLS_CERT and COLLECTOR_TLS_KEY, or listen on"
            " 127.0.0.1 behind a proxy that speaks TLS and name it in COLLECTOR_TRUSTED_PROXIES.",
            settings.collector_host,
        )
    app = build_app(settings, open_database(settings.collector_store))
    uvicorn.Server(configuration(settings, app)).run()


def _is_in_clear(settings: Settings) -> bool:
    if settings.collector_tls_cert or settings.collector_proxies or settings.collector_host == "localhost":
        return False
    try:
        return not ip_address(settings.collector_host).is_loopback
    except ValueError:
        return True


async def _forget(database: Database, days: float, keep: Keep, ended: threading.Event) -> None:
    """Every ten minutes, what was refused longer ago than is kept, and statements past the store's limits."""
    while True:
        try:
            await asyncio.to_thread(_forget_once, database, days, keep, ended)
        except StoreUnavailable as error:
            log.warning("What is old cannot be deleted from the store now: %s", error)
        await asyncio.sleep(600)


def _forget_once(database: Database, days: float, keep: Keep, ended: threading.Event) -> None:
    connection = database.connect()
    try:
        forget_refused(connection, days, time.time_ns() // 1000)
        connection.commit_without_fsync()  # what is forgotten by a power failure is looked at again
        forget_statements(connection, keep, time.time_ns() // 1000, ended.is_set)
    finally:
        connection.close()


def first_credential(settings: Settings) -> tuple[str, str] | None:
    """On the very first start, a credential that may do everything: (user name, password), never shown again."""
    connection = open_database(settings.collector_store).connect()
    try:
        if list_credentials(connection):
            return None
        return add_credential(connection, "made by the first start", ("admin",), who="first start")
    finally:
        connection.close()
