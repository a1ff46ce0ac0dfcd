"""How much, how long and how many: the limits of one collector, taken from the settings.

Does not live here: enforcing them (``http`` for bodies, ``store/writer`` for the queue, ``xapi`` for statements).
"""

from dataclasses import dataclass

from analytics_platform.settings import Settings


@dataclass(frozen=True)
class Limits:
    """Sizes are bytes, times are seconds."""

    body: int = 8 << 20
    bulk: int = 16 << 20  # after decompression
    bodies_together: int = 64 << 20
    statements: int = 1000
    bulk_items: int = 50_000
    page: int = 500
    queue: int = 20_000
    unshipped: int = 1_000_000
    request_seconds: float = 30.0
    ship_seconds: float = 5.0
    ship_bytes: int = 2 << 20

    @classmethod
    def from_settings(cls, settings: Settings) -> "Limits":
        return cls(
            body=settings.collector_max_body_mb << 20,
            bulk=settings.collector_max_bulk_mb << 20,
            bodies_together=4 * max(settings.collector_max_body_mb, settings.collector_max_bulk_mb) << 20,
            statements=settings.collector_max_statements,
            queue=settings.collector_queue,
            unshipped=settings.collector_max_unshipped,
            request_seconds=settings.collector_request_seconds,
            ship_seconds=settings.collector_ship_seconds,
            ship_bytes=settings.collector_ship_mb << 20,
        )
