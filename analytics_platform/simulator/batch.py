"""What happened in one table on one day, before anything goes wrong on the way. Every source makes one of these.

``planting`` decides how a batch is delivered, ``segments`` writes it. Does not live here: either of them.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics_platform.contracts import Table
from analytics_platform.simulator.texts import Bools, Ints, Text
from analytics_platform.simulator.viewing import ViewCounts

Pieces = Mapping[str, Text]


@dataclass
class Facts:
    """What is true of a batch beyond its counts of lines."""

    counts: Counter[str] = field(default_factory=Counter)
    planted: list[dict[str, Any]] = field(default_factory=list)
    viewing: ViewCounts | None = None
    answers: list[tuple[int, int, int]] = field(default_factory=list)  # person, card, place in results
    actors: dict[str, Ints] = field(default_factory=dict)  # who was there under which kind of identifier
    completions: dict[tuple[int, int], int] = field(default_factory=dict)  # (person, lesson) -> last card's time


@dataclass(frozen=True)
class Batch:
    """Rows of one table and day.

    ``pieces`` gives the JSON text of a payload in named pieces, once the claimed times are known; ``variants`` replace
    some of them: each broken one is named for the reason that the contract gives, ``conflict`` is the same row with
    other content, ``edited`` a newer version. Rows of one ``group`` came over one device: they are late together.
    """

    table: Table
    person: NDArray[np.int32]  # -1: nobody is named
    happened: Ints  # microseconds since 1970, inside the day
    claims: Bools  # the payload carries a time
    named: Bools  # the payload carries an id, so that another content under it is a conflict
    group: Ints
    pieces: Callable[[Ints], Pieces]
    variants: Mapping[str, Callable[[Ints], Pieces]]
    edited: Ints | None = None  # when a newer version of the row was written; -1: never
    facts: Callable[[Ints], Facts] = lambda _event_time: Facts()

    @property
    def size(self) -> int:
        return len(self.happened)

    @property
    def faults(self) -> list[str]:
        """The variants that the lake must refuse, and text that is no JSON."""
        return [*(name for name in self.variants if name not in ("conflict", "edited")), "not_json"]
