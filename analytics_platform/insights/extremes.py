"""Beyond everything seen, by a good part of the range: what the tail of a bursty series has grown used to is new then.

A heavy tail expects the next extreme, and an incident that was seen makes the next one usual; neither holds for a value
that is far outside of all before it. Does not live here: tails (surprise), what comes again (recurring).
"""

import numpy as np

from analytics_platform.insights.rolling import Array

FROM, PART, SCALES = 200, 0.5, 6.0  # rows of history; of the range; or of the residuals' scale where that is more


def new_extreme(values: Array, scale: Array, span: tuple[int, int], limit: float) -> Array:
    """Surprise of the columns ``span``: ``limit`` at PART of the range beyond all before, twice that at 10 PART."""
    start, stop = span
    if start < FROM:
        return np.zeros((len(values), stop - start))
    top, bottom = (
        extreme.accumulate(np.concatenate([extreme.reduce(values[:, :start], axis=1)[:, None], values[:, start:stop]],
                                          axis=1), axis=1)[:, :-1]
        for extreme in (np.maximum, np.minimum)
    )  # fmt: skip
    here = values[:, start:stop]
    beyond = np.maximum(here - top, bottom - here) / np.maximum(top - bottom, SCALES / PART * scale)
    return np.asarray(np.where(beyond >= PART, limit * (1 + np.log10(np.maximum(beyond / PART, 1.0))), 0.0))
