"""The pumps by name, as ``analytics-platform pump NAME`` runs them. A further source is a further line of ``SOURCES``.

Does not live here: what a source gives (``collector/shipping``, ``connectors``, ``pubsub``), landing (``lake/pump``).
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType

from analytics_platform.errors import SettingsError
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Pump, Source
from analytics_platform.lake.pump_status import StatusFile, prometheus
from analytics_platform.settings import Settings


def _collector(settings: Settings) -> Source:
    from analytics_platform.collector.shipping import queue_source

    return queue_source(settings)


def _files(settings: Settings) -> Source:
    from analytics_platform.connectors.files.dropping import DroppedFiles

    return DroppedFiles(settings)


def _nocodb(settings: Settings) -> Source:
    from analytics_platform.connectors.nocodb.changes import change_source

    return change_source(settings)


def _kafka(settings: Settings) -> Source:
    from analytics_platform.connectors.kafka.source import kafka_source

    return kafka_source(settings)


def _lrs(settings: Settings) -> Source:
    from analytics_platform.connectors.lrs.source import lrs_source

    return lrs_source(settings)


def _pubsub(settings: Settings) -> Source:
    from analytics_platform.pubsub.source import subscription_source

    return subscription_source(settings)


SOURCES: dict[str, Callable[[Settings], Source]] = {
    "collector": _collector,
    "files": _files,
    "nocodb": _nocodb,
    "kafka": _kafka,
    "lrs": _lrs,
    "pubsub": _pubsub,
}


def open_pump(settings: Settings, name: str) -> Pump:
    if name not in SOURCES:
        raise SettingsError(f"There is no pump {name!r}; there are {', '.join(SOURCES)}.")
    return Pump(SOURCES[name](settings), open_lake(settings).landing, StatusFile.of(settings.home))


def pump_once(settings: Settings, name: str) -> str:
    """Land what waits now; the health line afterwards."""
    pump = open_pump(settings, name)
    landed = pump.once()
    return f"{landed:,} lines landed. {pump.status.line()}"


def pump_forever(settings: Settings, name: str) -> None:
    """Until SIGINT or SIGTERM; the batch under way is landed and noted first."""
    pump, stop = open_pump(settings, name), threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    pump.forever(stop.wait)


def pump_health(settings: Settings, as_prometheus: bool = False) -> list[str]:
    """A line for each pump that ever ran here, or the figures of all as Prometheus text."""
    statuses = StatusFile.of(settings.home).all()
    if as_prometheus:
        return prometheus(statuses).splitlines()
    lines = [status.line() for status in statuses]
    return lines or [
        "No pump has run here yet. Start one with: analytics-platform pump NAME (" + ", ".join(SOURCES) + ")"
    ]
