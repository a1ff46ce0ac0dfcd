"""What every handler has at hand: the writer, the readers, access, limits, metrics."""

from dataclasses import dataclass

from analytics_platform.collector.access import Access
from analytics_platform.collector.limits import Limits
from analytics_platform.collector.metrics import Metrics
from analytics_platform.collector.store.readers import Readers
from analytics_platform.collector.store.writer import Writer


@dataclass(frozen=True)
class Desk:
    """One per process."""

    writer: Writer
    readers: Readers
    access: Access
    limits: Limits
    metrics: Metrics
