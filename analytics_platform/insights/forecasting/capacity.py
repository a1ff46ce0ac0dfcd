"""When a limit will be reached, with an interval: where the forecast and its bounds first cross it."""

from dataclasses import dataclass

import numpy as np

from analytics_platform.insights.forecasting.forecast import Forecast
from analytics_platform.insights.rolling import Array


@dataclass(frozen=True)
class Reached:
    """Seconds since 1970, or None: not within the horizon. ``earliest`` and ``latest`` bound the 80 % interval."""

    limit: float
    expected: int | None
    earliest: int | None
    latest: int | None
    reason: str | None = None


def when_reached(forecast: Forecast, limit: float, last: float) -> Reached:
    """From below where the last value is under the limit, else from above."""
    if forecast.reason:
        return Reached(limit, None, None, None, forecast.reason)
    rising = last < limit
    near, far = (forecast.high[0], forecast.low[0]) if rising else (forecast.low[0], forecast.high[0])

    def first(path: Array) -> int | None:
        crossed = np.flatnonzero(path >= limit if rising else path <= limit)
        return int(forecast.times[crossed[0]]) if crossed.size else None

    return Reached(limit, first(forecast.mean), first(near), first(far))
