"""What every handler has at hand: the writer, the readers, access, limits, metrics."""

import asyncio
from dataclasses import dataclass, field

from analytics_platform.collector.access import Access
from analytics_platform.collector.limits import Limits
from analytics_platform.collector.metrics import Metrics
from analytics_platform.collector.store.readers import Readers
from analytics_platform.collector.store.writer import Writer


@dataclass(frozen=True)
class Services:
    """One per process."""

    writer: Writer
    readers: Readers
    access: Access
    limits: Limits
    metrics: Metrics
    forwarded: tuple[str, ...] = ()  # names of what is forwarded, for its figures
    # One large batch after another: taken in turns all would be ready at the end, and the writer idle until then.
    preparing: asyncio.Lock = field(default_factory=asyncio.Lock)
