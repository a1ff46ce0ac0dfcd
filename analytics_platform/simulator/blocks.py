"""A block of statements: the rows of one kind (course, repetition, other learning system, video), to be chained.

Does not live here: how a block is made (``statements``, ``profile``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.simulator.texts import Bools, Catalogue, Ints, chained


@dataclass(frozen=True)
class Block:
    """Columns, one entry for each statement; ``object`` and ``result`` are pieces of JSON."""

    person: NDArray[np.int32]
    happened: Ints
    claims: Bools
    wrapped: Bools  # in an envelope of an older export
    group: Ints
    actor: Ints
    verb: Ints
    object: Catalogue
    result: Catalogue  # open: the duration ends it
    duration: Ints  # index into DURATIONS

    def __len__(self) -> int:
        return len(self.person)


# How a result ends: no result; no duration; a duration in ISO 8601.
DURATIONS = [
    "",
    "},",
    *(f',"duration":"PT{s}S"}},' for s in range(5, 60)),
    *(f',"duration":"PT1M{s}S"}},' for s in range(60)),
]
NO_RESULT, NO_DURATION, FIRST_DURATION = 0, 1, 2


def chain(blocks: list[Block]) -> Block:
    """All blocks' rows, groups kept apart."""
    blocks = [block for block in blocks if len(block)] or blocks[:1]
    shift, groups = 0, []
    for block in blocks:
        groups.append(block.group + shift)
        shift += int(block.group.max(initial=-1)) + 1
    return Block(
        person=np.concatenate([block.person for block in blocks]),
        happened=np.concatenate([block.happened for block in blocks]),
        claims=np.concatenate([block.claims for block in blocks]),
        wrapped=np.concatenate([block.wrapped for block in blocks]),
        group=np.concatenate(groups),
        actor=np.concatenate([block.actor for block in blocks]),
        verb=np.concatenate([block.verb for block in blocks]),
        object=chained([block.object for block in blocks]),
        result=chained([block.result for block in blocks]),
        duration=np.concatenate([block.duration for block in blocks]),
    )


def durations(rng: np.random.Generator, count: int, share: float) -> Ints:
    """A duration for a share of the rows."""
    known = FIRST_DURATION + rng.integers(0, len(DURATIONS) - FIRST_DURATION, count)
    return np.where(rng.random(count) < share, known, NO_DURATION)
