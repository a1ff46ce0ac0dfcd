"""``Old``: one expired item and the function that removes it. Does not live here: finding expired items."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Old:
    """``count`` are files, or rows of a database, or raw lines."""

    kind: str
    name: str
    count: int
    remove: Callable[[], None]
