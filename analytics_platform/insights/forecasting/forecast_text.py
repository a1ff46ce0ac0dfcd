"""A forecast in words and as JSON: how it was chosen and measured, then the numbers; or why there are none."""

from typing import Any

from analytics_platform.insights.forecasting.capacity import when_reached
from analytics_platform.insights.forecasting.forecast import Forecast
from analytics_platform.insights.verdict_formats import rounded, stamp


def as_object(forecast: Forecast, limit: float | None, last: float) -> dict[str, Any]:
    """``null`` where nothing could be measured."""
    covered = forecast.coverage
    answer: dict[str, Any] = {
        "series": forecast.name or None,
        "abstained": forecast.reason is not None,
        "reason": forecast.reason,
        "model": forecast.model,
        "period": forecast.period,
        "folds": forecast.folds,
        "mase": _number(forecast.mase),
        "scaled_error": _number(forecast.scaled_error),
        "coverage_80": _number(covered[0]) if covered else None,
        "coverage_95": _number(covered[1]) if covered else None,
        "forecast": [
            {
                "timestamp": stamp(forecast.times[step]),
                "mean": rounded(forecast.mean[step]),
                "low_80": rounded(forecast.low[0, step]),
                "high_80": rounded(forecast.high[0, step]),
                "low_95": rounded(forecast.low[1, step]),
                "high_95": rounded(forecast.high[1, step]),
            }
            for step in range(len(forecast.times))
        ],
    }
    if limit is not None:
        reached = when_reached(forecast, limit, last)
        moments = {"expected": reached.expected, "earliest": reached.earliest, "latest": reached.latest}
        told = {name: None if moment is None else stamp(moment) for name, moment in moments.items()}
        answer["capacity"] = {"limit": limit, **told, "reason": reached.reason}
    return answer


def lines(forecast: Forecast, limit: float | None, last: float) -> list[str]:
    """A table for people."""
    told = [forecast.name] if forecast.name else []
    if forecast.mase is not None and forecast.coverage is not None:
        told.append(
            f"{forecast.model}; season {forecast.period}; MASE {forecast.mase:.2f} against seasonal naive in"
            f" {forecast.folds} folds; coverage {forecast.coverage[0]:.0%} of 80 %, {forecast.coverage[1]:.0%} of 95 %"
        )
    if forecast.reason:
        return [*told, f"No forecast: {forecast.reason}."]
    told.append(f"{'timestamp':<22}{'mean':>12}{'low 80':>12}{'high 80':>12}{'low 95':>12}{'high 95':>12}")
    for step, moment in enumerate(forecast.times):
        numbers = (
            forecast.mean[step],
            *(bound[level, step] for level in (0, 1) for bound in (forecast.low, forecast.high)),
        )
        told.append(f"{stamp(moment):<22}" + "".join(f"{number:>12.6g}" for number in numbers))
    if limit is not None:
        reached = when_reached(forecast, limit, last)
        if reached.expected is None and reached.earliest is None:
            told.append(f"{limit:g} is not reached within {len(forecast.times)} steps.")
        else:
            words = [
                "later" if moment is None else stamp(moment)
                for moment in (reached.expected, reached.earliest, reached.latest)
            ]
            told.append(f"{limit:g} is reached {words[0]}; 80 %: from {words[1]} to {words[2]}.")
    return told


def _number(value: float | None) -> float | None:
    return None if value is None or value in (float("inf"), float("-inf")) else rounded(value)
