"""Record values: far beyond all earlier values, they alarm even where a heavy tail makes them likely.

In a bursty series a heavy tail makes large values likely, and each incident makes the next one less surprising. Neither
applies to a value that is far outside the range of all values before it. Does not live here: tails (surprise), what
comes again (recurring).
"""

import numpy as np

from analytics_platform.insights.rolling import Array

FROM, PART, SCALES = 200, 0.15, 3.0  # rows of history; of the range; and of the residuals' scale


def new_extreme(values: Array, judged: Array, scale: Array, span: tuple[int, int], limit: float) -> Array:
    """Surprise of the columns ``span``: ``limit`` at PART of the range beyond all before, twice that at 10 PART.

    The smaller the part, the further it must be out of the noise: a third of the range needs 3 scales, PART 6.7.

    ``judged`` are the values on the scale of the residuals, which counts leave for their roots: six where there were
    never more than four is half of the range, and chance.
    """
    start, stop = span
    if start < FROM:
        return np.zeros((len(values), stop - start))
    beyond, width = _beyond(values, span)
    far, _ = _beyond(judged, span)
    part = beyond / np.where(width > 0, width, np.inf)
    is_new = (part >= PART) & (far >= SCALES * scale) & (part * far >= scale)
    return np.asarray(np.where(is_new, limit * (1 + np.log10(np.maximum(part / PART, 1.0))), 0.0))


def _beyond(values: Array, span: tuple[int, int]) -> tuple[Array, Array]:
    """How far each column is above the highest or below the lowest before it, and how far these are apart."""
    start, stop = span
    here = values[:, start:stop]
    top, bottom = (
        pick.accumulate(np.concatenate([pick.reduce(values[:, :start], axis=1)[:, None], here], axis=1), axis=1)[:, :-1]
        for pick in (np.maximum, np.minimum)
    )
    return np.maximum(here - top, bottom - here), top - bottom
