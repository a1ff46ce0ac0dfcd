"""One thing that is older than its kind is kept, with what removes it. Does not live here: finding any."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Old:
    """``count`` are files, or rows of a database, or raw lines."""

    kind: str
    name: str
    count: int
    remove: Callable[[], None]
