"""Daily aggregates of telemetry, as lake tables: they are kept when the events of the day are deleted.

Upkeep writes a day once, from the warehouse, before it deletes any of the day's events. dbt reads these tables as
sources, so that a warehouse built from nothing has them, too. Does not live here: when a day is written
(``upkeep/settling``).
"""

from analytics_platform.contracts.model import Column, LakeTable, made

_DAY = made("day", "date", "The UTC day: the partition that the row lives in.")
_ACTOR = made("actor_key", "text", "The identifier, as in events.", personal=True)
_COUNTS = "events active_users actions error_events requests errors"
_MEASURES = (
    "cpu_avg cpu_max memory_avg memory_max disk_max throughput_avg reported_response_ms_avg reported_error_rate_avg"
)


def _columns(kind: str, names: str) -> tuple[Column, ...]:
    return tuple(made(name, kind, "As the model of the same column says.") for name in names.split())


def _table(name: str, of: str, grain: str, key: str, columns: tuple[Column, ...]) -> LakeTable:
    said = f"{of} of days whose events are going or gone, as they were while all events were there."
    return LakeTable(source="kept", name=name, description=said, grain=grain, key=key, columns=columns)


PERIODS = _table(
    "telemetry_days",
    "Day rows of int_telemetry_periods",
    "One row per UTC day.",
    "day",
    (
        _DAY,
        *_columns("integer", _COUNTS),
        *_columns("number", "avg_ms p95_ms"),
        *_columns("integer", "runs succeeded known_runs"),
        *_columns("number", "ai_p95_ms"),
        *_columns("integer", "samples"),
        *_columns("number", _MEASURES),
        *_columns("integer", "active_sessions_max"),
        *_columns("number", "cache_hit_rate_avg network_io_avg"),
        *_columns("integer", "sessions engaged_sessions"),
    ),
)
API = _table(
    "api_days",
    "Day rows of api_performance",
    "One row per UTC day and endpoint.",
    "endpoint",
    (
        _DAY,
        *_columns("text", "endpoint"),
        *_columns("integer", "requests errors client_errors timed_requests"),
        *_columns("number", "avg_ms p50_ms p95_ms max_ms"),
    ),
)
AI = _table(
    "ai_days",
    "Day rows of ai_performance",
    "One row per UTC day and process kind.",
    "process_kind",
    (
        _DAY,
        *_columns("text", "process_kind"),
        *_columns("integer", "runs succeeded failed timed_runs"),
        *_columns("number", "avg_ms p50_ms p95_ms"),
        *_columns("integer", "input_tokens output_tokens"),
    ),
)
ERRORS = _table(
    "error_days",
    "Rows of int_error_days",
    "One row per UTC day, error type, place and identifier.",
    "error_type",
    (
        _DAY,
        *_columns("text", "error_type place"),
        _ACTOR,
        *_columns("integer", "occurrences"),
        *_columns("timestamp", "first_at last_at"),
    ),
)
ENGAGEMENT = _table(
    "engagement_days",
    "Rows of int_engagement_days",
    "One row per local day and identifier.",
    "actor_key",
    (
        made("day", "date", "The local day: the partition that the row lives in."),
        _ACTOR,
        *_columns("integer", "visits events actions requests errors ai_runs engaged_seconds"),
        *_columns("timestamp", "first_at last_at"),
    ),
)
KEPT: dict[str, LakeTable] = {table.path: table for table in (PERIODS, API, AI, ERRORS, ENGAGEMENT)}
