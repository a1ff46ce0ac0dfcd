"""Times as the wire wants them; inside the collector a time is microseconds since 1970 (UTC)."""

import time
from email.utils import formatdate


def now_micros() -> int:
    return time.time_ns() // 1000


def http_date(micros: int) -> str:
    """A time as HTTP headers write it, in whole seconds."""
    return formatdate(micros // 1_000_000, usegmt=True)
