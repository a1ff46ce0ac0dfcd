"""The app by minute, hour and UTC day: app_minutes, api_performance, ai_performance, system_health, kpis.

Lives here: counts, percentiles and scores of a period. Does not live here: visits and people (``telemetry``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from math import ceil
from statistics import fmean
from typing import Any

from analytics_platform_tests.reference.landed import text
from analytics_platform_tests.reference.progress import share
from analytics_platform_tests.reference.telemetry import Said, said
from analytics_platform_tests.reference.world import World

Row = dict[str, Any]
WEIGHTS = {"engaged": 1, "depth": 1, "availability": 2, "speed": 1, "headroom": 1, "success": 2, "ai_speed": 1}


def rank(values: Iterable[float], share_of: int) -> float | None:
    """Nearest rank: the smallest value whose place is at least so many percent of all."""
    ordered = sorted(values)
    return ordered[max(1, ceil(share_of * len(ordered) / 100)) - 1] if ordered else None


def average(values: list[float]) -> float | None:
    return fmean(values) if values else None


def numbers(ones: Iterable[Said], name: str) -> list[float]:
    return [value for one in ones if (value := one.number(name)) is not None]


def total(values: list[float]) -> int | None:
    return int(sum(values)) if values else None


Period = tuple[str, datetime]


def periods(ones: Iterable[Said]) -> dict[Period, list[Said]]:
    """Events by hour and by UTC day."""
    found = defaultdict(list)
    for one in ones:
        hour = one.at.replace(minute=0, second=0, microsecond=0)
        found["hour", hour].append(one)
        found["day", hour.replace(hour=0)].append(one)
    return found


def every_period(ones: list[Said]) -> Iterator[tuple[Row, list[Said]]]:
    """Each day with telemetry, and each of its hours, idle ones too."""
    found = periods(ones)
    for day in sorted({one.event.day for one in ones}):
        midnight = datetime.combine(day, time(), UTC)
        for grain, at in [("day", midnight), *(("hour", midnight + timedelta(hours=n)) for n in range(24))]:
            yield {"grain": grain, "started_at": at, "day": day}, found.get((grain, at), [])


def api_performance(world: World) -> Iterator[Row]:
    for (grain, at), ones in periods(one for one in said(world) if one.kind == "api_request").items():
        by_endpoint = defaultdict(list)
        for one in ones:
            by_endpoint[one.endpoint or "unknown"].append(one)
        for endpoint, some in by_endpoint.items():
            took, errors = numbers(some, "response_time"), sum(one.status >= 500 for one in some)
            yield {
                "grain": grain, "started_at": at, "day": at.date(),
                "endpoint": endpoint,
                "requests": len(some),
                "errors": errors,
                "client_errors": sum(400 <= one.status < 500 for one in some),
                "error_rate": share(errors, len(some)),
                "timed_requests": len(took),
                "avg_ms": average(took),
                "p50_ms": rank(took, 50),
                "p95_ms": rank(took, 95),
                "max_ms": max(took, default=None),
            }  # fmt: skip


def ai_performance(world: World) -> Iterator[Row]:
    for (grain, at), ones in periods(one for one in said(world) if one.kind == "cognitive_process").items():
        by_kind = defaultdict(list)
        for one in ones:
            by_kind[text(one.facts.get("membrane_type")) or "unknown"].append(one)
        for kind, some in by_kind.items():
            took = numbers(some, "processing_time")
            succeeded, failed = (sum(one.facts.get("success") is way for one in some) for way in (True, False))
            yield {
                "grain": grain, "started_at": at, "day": at.date(),
                "process_kind": kind,
                "runs": len(some),
                "succeeded": succeeded,
                "failed": failed,
                "success_rate": share(succeeded, succeeded + failed),
                "timed_runs": len(took),
                "avg_ms": average(took),
                "p50_ms": rank(took, 50),
                "p95_ms": rank(took, 95),
                "input_tokens": total(numbers(some, "input_tokens")),
                "output_tokens": total(numbers(some, "output_tokens")),
            }  # fmt: skip


def system_health(world: World) -> Iterator[Row]:
    nothing = dict.fromkeys(
        ("events", "samples", "cpu_avg", "cpu_max", "memory_avg", "memory_max", "disk_max", "throughput_avg",
         "reported_response_ms_avg", "reported_error_rate_avg", "active_sessions_max", "cache_hit_rate_avg",
         "network_io_avg", "requests", "errors", "error_rate", "avg_ms", "p95_ms", "error_events")
    )  # fmt: skip
    for period, ones in every_period(said(world)):
        metrics = [one for one in ones if one.kind == "system_metrics"]
        requests = [one for one in ones if one.kind == "api_request"]
        took, errors = numbers(requests, "response_time"), sum(one.status >= 500 for one in requests)
        told = {
            "events": len(ones),
            "samples": len(metrics),
            "cpu_avg": average(numbers(metrics, "cpu")),
            "cpu_max": max(numbers(metrics, "cpu"), default=None),
            "memory_avg": average(numbers(metrics, "memory")),
            "memory_max": max(numbers(metrics, "memory"), default=None),
            "disk_max": max(numbers(metrics, "disk"), default=None),
            "throughput_avg": average(numbers(metrics, "throughput")),
            "reported_response_ms_avg": average(numbers(metrics, "response_time")),
            "reported_error_rate_avg": average(numbers(metrics, "error_rate")),
            "active_sessions_max": max(numbers(metrics, "active_sessions"), default=None),
            "cache_hit_rate_avg": average(numbers(metrics, "cache_hit_rate")),
            "network_io_avg": average(numbers(metrics, "network_io")),
            "requests": len(requests),
            "errors": errors,
            "error_rate": share(errors, len(requests)),
            "avg_ms": average(took),
            "p95_ms": rank(took, 95),
            "error_events": sum(one.kind == "error" for one in ones),
        }
        yield period | {"has_data": bool(ones)} | (told if ones else nothing)


def app_minutes(world: World) -> Iterator[Row]:
    by_minute = defaultdict(list)
    for one in said(world):
        by_minute[one.at.replace(second=0, microsecond=0)].append(one)
    for at, ones in by_minute.items():
        requests = [one for one in ones if one.kind == "api_request"]
        runs = [one for one in ones if one.kind == "cognitive_process"]
        endings = [one.facts["success"] for one in runs if isinstance(one.facts.get("success"), bool)]
        took, errors = numbers(requests, "response_time"), sum(one.status >= 500 for one in requests)
        yield {
            "started_at": at,
            "day": at.date(),
            "events": len(ones),
            "active_users": len({one.actor for one in ones if one.actor}),
            "requests": len(requests),
            "errors": errors,
            "error_rate": share(errors, len(requests)),
            "avg_ms": average(took),
            "p95_ms": rank(took, 95),
            "runs": len(runs),
            "success_rate": share(sum(endings), len(endings)),
            "ai_avg_ms": average(numbers(runs, "processing_time")),
        }


def _between(value: float | None, best: float, worst: float) -> float | None:
    """1 up to the target, 0 from the worst on, even in between."""
    return None if value is None else min(1.0, max(0.0, 1 - (value - best) / (worst - best)))


def score(**parts: float | None) -> float | None:
    """Weighted mean of the parts that have data, 0 to 100."""
    known = {name: value for name, value in parts.items() if value is not None}
    weight = sum(WEIGHTS[name] for name in known)
    return 100 * sum(WEIGHTS[name] * value for name, value in known.items()) / weight if known else None


def kpis(world: World) -> Iterator[Row]:
    for period, ones in every_period(said(world)):
        visits = defaultdict(int)
        for one in ones:
            if one.session or one.actor:
                visits[one.session, one.actor] += one.kind == "action"
        actions = sum(one.kind == "action" for one in ones)
        engaged = sum(count >= 2 for count in visits.values())
        requests = [one for one in ones if one.kind == "api_request"]
        errors, p95 = sum(one.status >= 500 for one in requests), rank(numbers(requests, "response_time"), 95)
        metrics = [one for one in ones if one.kind == "system_metrics"]
        load = max((value for name in ("cpu", "memory", "disk") for value in numbers(metrics, name)), default=None)
        runs = [one for one in ones if one.kind == "cognitive_process"]
        known = [one for one in runs if isinstance(one.facts.get("success"), bool)]
        success_rate = share(sum(one.facts["success"] for one in known), len(known))
        ai_p95 = rank(numbers(runs, "processing_time"), 95)
        per_session, error_rate = share(actions, len(visits)), share(errors, len(requests))
        depth = None if per_session is None else min(1.0, per_session / 5)
        yield period | {
            "engagement": score(engaged=share(engaged, len(visits)), depth=depth),
            "system_health": score(
                availability=_between(error_rate, 0, 0.05),
                speed=_between(p95, 300, 3000),
                headroom=_between(load, 70, 100),
            ),
            "ai_performance": score(success=success_rate, ai_speed=_between(ai_p95, 1000, 10000)),
            "active_users": len({one.actor for one in ones if one.actor}) if ones else None,
            "sessions": len(visits) or None,
            "engaged_sessions": engaged if visits else None,
            "actions": actions if ones else None,
            "engaged_session_share": share(engaged, len(visits)),
            "actions_per_session": per_session,
            "requests": len(requests) if ones else None,
            "errors": errors if ones else None,
            "error_rate": error_rate,
            "p95_ms": p95,
            "load": load,
            "runs": len(runs) if ones else None,
            "known_runs": len(known) if ones else None,
            "success_rate": success_rate,
            "ai_p95_ms": ai_p95,
        }
