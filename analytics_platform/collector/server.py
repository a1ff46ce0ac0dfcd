"""Putting the collector together and running it: store, writer, readers, shipper, one event loop.

Does not live here: what a request does (``app``).
"""

import asyncio

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
from analytics_platform.lake.landing import Landing
from analytics_platform.lake.store import open_store
from analytics_platform.settings import Settings


def open_landing(settings: Settings) -> Landing:
    return Landing(open_store(settings.lake_root, settings.home / "scratch"), settings.platform_first_day)


def build_app(settings: Settings, database: Database) -> App:
    """The application of one process; its threads run between startup and shutdown."""
    limits, metrics = Limits.from_settings(settings), Metrics()
    readers = Readers(database)
    writer = Writer(database, limits.queue, metrics)
    shipper = Shipper(database, open_landing(settings), limits, metrics)
    desk = Desk(writer, readers, Access(readers, settings.collector_public_url), limits, metrics)

    async def start() -> None:
        writer.start()
        shipper.start()

    async def stop() -> None:
        await asyncio.to_thread(writer.close)
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
