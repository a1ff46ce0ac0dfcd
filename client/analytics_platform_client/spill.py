"""Events on disk while the collector is away: small files, oldest first, bounded in all.

A file is written whole under a name with the process's id and is claimed by renaming it, so that several processes
share a folder: each file is sent by one of them. A claim of a process that is gone is free again.
"""

import itertools
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from analytics_platform_client.buffer import Event

WAITING, CLAIMED = ".ndjson", ".claimed"


class Spill:
    """The files of one collector. Without a folder that can be written nothing is kept."""

    def __init__(self, folder: Path | None, most_bytes: int) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._numbers = itertools.count()

    def keep(self, events: Sequence[Event]) -> bool:
        """Write events to a new file; False when that cannot be done."""
        if self._folder is None or not events:
            return False
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = f"{time.time_ns():020d}-{os.getpid()}-{next(self._numbers)}"
            part = self._folder / f"{name}.part"
            part.write_bytes(b"".join(event.path.encode() + b"\t" + event.body + b"\n" for event in events))
            part.replace(self._folder / f"{name}{WAITING}")
        except OSError:
            return False
        return True

    def make_room(self) -> int:
        """Delete the oldest files over the bound; the number of events that are lost."""
        files = list(self._files(WAITING))
        sizes = [(file, _size(file)) for file in files]
        over, lost = sum(size for _, size in sizes) - self._most_bytes, 0
        for file, size in sizes:
            if over <= 0:
                break
            lost += len(read(file))
            file.unlink(missing_ok=True)
            over -= size
        return lost

    def claim(self) -> Path | None:
        """The oldest file, for this process alone."""
        self._free_claims_of_the_dead()
        for file in self._files(WAITING):
            mine = file.with_name(f"{file.name}.{os.getpid()}{CLAIMED}")
            try:
                file.rename(mine)
            except OSError:
                continue  # another process was faster
            return mine
        return None

    def give_back(self, claimed: Path) -> None:
        """It could not be sent: it waits again under its old name."""
        try:
            claimed.rename(_waiting_name(claimed))
        except OSError:
            return  # the folder is gone, and the file with it

    def _free_claims_of_the_dead(self) -> None:
        for file in self._files(CLAIMED):
            owner = file.name[: -len(CLAIMED)].rpartition(".")[2]
            if owner.isdigit() and int(owner) != os.getpid() and not _is_alive(int(owner)):
                self.give_back(file)

    def _files(self, ending: str) -> Iterator[Path]:
        if self._folder is None or not self._folder.is_dir():
            return iter(())
        return iter(sorted(file for file in self._folder.iterdir() if file.name.endswith(ending)))


def read(file: Path) -> list[Event]:
    """The events of a file; a line that is no event is left out."""
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError:
        return []
    parts = (line.partition(b"\t") for line in lines)
    return [Event(path.decode(), body) for path, tab, body in parts if tab]


def _waiting_name(claimed: Path) -> Path:
    name = claimed.name[: -len(CLAIMED)].rpartition(".")[0]
    return claimed.with_name(name)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is somebody else's
    return True
