"""Verbs of xAPI as JSON pieces, with and without a display: real senders leave it out often.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#verb
"""

import numpy as np
from numpy.typing import NDArray

from analytics_platform.simulator.texts import Ints, member

_ADL = "http://adlnet.gov/expapi/verbs/"
_VIDEO = "https://w3id.org/xapi/video/verbs/"
NAMES = ("answered", "launched", "experienced", "completed", "attempted", "initialized", "terminated")
VIDEO_NAMES = ("played", "paused", "seeked")
_IDS = [_ADL + name for name in NAMES] + [_VIDEO + name for name in VIDEO_NAMES]
_ALL = NAMES + VIDEO_NAMES

PIECES = [member("verb", {"id": iri, "display": {"en-US": name}}) for iri, name in zip(_IDS, _ALL, strict=True)]
PIECES += [member("verb", {"id": iri}) for iri in _IDS]


def number_of(name: str) -> int:
    return _ALL.index(name)


def shown(rng: np.random.Generator, verbs: NDArray[np.int64], share: float) -> Ints:
    """Verbs of which only a share has a display."""
    return verbs + np.where(rng.random(len(verbs)) < share, 0, len(_ALL))
