"""What the installation takes of its disk, folder by folder, and what is free.

Does not live here: making room (``upkeep``).
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from analytics_platform.settings import Settings


@dataclass(frozen=True)
class Disk:
    """Bytes; ``folders`` are those below PLATFORM_HOME, the largest first. A lake on an object store is not in it."""

    free: int
    total: int
    folders: dict[str, int]


def disk_of(settings: Settings) -> Disk:
    settings.home.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(settings.home)
    sizes: dict[str, int] = {}
    with os.scandir(settings.home) as entries:
        for entry in entries:
            name, size = ("files", entry.stat().st_size) if entry.is_file() else (entry.name, _size(Path(entry.path)))
            sizes[name] = sizes.get(name, 0) + size
    largest = sorted(sizes.items(), key=lambda item: (-item[1], item[0]))
    return Disk(usage.free, usage.total, {name: size for name, size in largest if size})


def _size(folder: Path) -> int:
    """Bytes of the files below a folder; those that vanish meanwhile are not counted, links are not followed."""
    total, folders = 0, [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif not entry.is_symlink():
                        total += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            continue
    return total
