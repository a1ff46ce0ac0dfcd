"""The wall clock of a test installation: all its processes live at the time that is set here, sleeping as ever.

A few lines of C (``clock.c``) are compiled and loaded into each process. Does not live here: what happens when.
"""

import mmap
import shutil
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


def why_not() -> str:
    """Why no clock can be set here; empty where it can."""
    if sys.platform != "linux":
        return "the test clock needs Linux"
    return "" if shutil.which("cc") else "the test clock needs a C compiler (cc)"


class Clock:
    """A clock that starts at a given time and goes on as the real one does, until it is moved."""

    def __init__(self, folder: Path, at: datetime) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._library, file = folder / "clock.so", folder / "clock.offset"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", self._library, SOURCE, "-ldl"], check=True)
        file.write_bytes(bytes(8))
        with file.open("r+b") as handle:
            self._shared = mmap.mmap(handle.fileno(), 8)
        self.environment = {"LD_PRELOAD": str(self._library), "PLATFORM_TEST_CLOCK": str(file)}
        self.set(at)

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self._offset / 1e9, UTC)

    def set(self, at: datetime) -> None:
        self._shared[:] = struct.pack("q", int((at.timestamp() - time.time()) * 1e9))

    def advance(self, seconds: float) -> None:
        self._shared[:] = struct.pack("q", self._offset + int(seconds * 1e9))

    @property
    def _offset(self) -> int:
        return int(struct.unpack("q", self._shared[:])[0])
