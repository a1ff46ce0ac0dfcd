"""Memory that was needed for a moment goes back to the machine: glibc keeps what its threads' heaps once held.

A body of three megabytes may be a million objects while it is judged. Each thread's heap then kept its largest moment:
100,000 hostile requests made 1.4 GB of some 300 MB in use. Elsewhere than on glibc nothing is done.
Does not live here: limits of what is taken in at all (``limits``, ``http``).
"""

import asyncio
import ctypes
import os
from pathlib import Path

_ARENA_MAX = -8  # mallopt(3)
_ARENAS = 2
_WORTH = 256 << 20  # bytes in memory; below, looking costs more than it gives
_EVERY = 20.0


def few_heaps() -> None:
    """Two heaps for all threads, before there are any: they have the interpreter in turn anyway."""
    mallopt = getattr(_libc(), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, _ARENAS)


async def give_back() -> None:
    """Until it is cancelled."""
    trim = getattr(_libc(), "malloc_trim", None)
    while trim is not None:
        await asyncio.sleep(_EVERY)
        if held() > _WORTH:
            await asyncio.to_thread(trim, 0)


def held() -> int:
    """Bytes of this process in memory; 0 where the kernel does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _libc() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has none to name
        return None
