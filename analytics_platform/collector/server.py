"""Putting the collector together and running it: store, writer, readers, shipper, one event loop.

Does not live here: what a request does (``app``).
"""

import asyncio
import gc
import sys

import uvicorn

from analytics_platform.collector.access import Access
from analytics_platform.collector.app import App
from analytics_platform.collector.desk import Desk
from analytics_platform.collector.limits import Limits
from analytics_platform.collector.metrics import Metrics
from analytics_platform.collector.protocol import GuardedProtocol
from analytics_platform.collector.shipping import Shipper
from analytics_platform.collector.store.connection import Database, open_database
from analytics_platform.collector.store.credentials import add_credential, list_credentials
from analytics_platform.collector.store.readers import Readers
from analytics_platform.collector.store.writer import Writer
from analytics_platform.settings import Settings


def build_app(settings: Settings, database: Database, shipping: bool = True) -> App:
    """The application of one process; its threads run between startup and shutdown."""
    limits, metrics = Limits.from_settings(settings), Metrics()
    readers = Readers(database)
    writer = Writer(database, limits.queue, limits.unshipped, metrics)
    shipper = Shipper(settings)
    desk = Desk(writer, readers, Access(readers, settings.collector_public_url), limits, metrics)

    async def start() -> None:
        writer.start()
        if shipping:
            shipper.start()

    async def stop() -> None:
        await asyncio.to_thread(writer.close)
        if shipping:
            await asyncio.to_thread(shipper.close)
        readers.close()

    return App(desk, start, stop)


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
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
        backlog=4096,
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
    app = build_app(settings, open_database(settings.collector_store))
    uvicorn.Server(configuration(settings, app)).run()


def first_credential(settings: Settings) -> tuple[str, str] | None:
    """On the very first start, a credential that may do everything: (user name, password), never shown again."""
    connection = open_database(settings.collector_store).connect()
    try:
        if list_credentials(connection):
            return None
        return add_credential(connection, "made by the first start", ("admin",))
    finally:
        connection.close()
