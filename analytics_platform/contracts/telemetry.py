"""telemetry/events: what the app says of itself: actions, API requests, AI processes, system metrics, errors, sessions.

One wide table with a kind column: each kind fills its own columns. An unknown kind is stored under its own name.
"""

from analytics_platform.contracts.model import Column, Rule, Table

_TEXTS = [
    *("event_type", "event_id", "timestamp", "user_id", "session_id", "action", "endpoint", "method", "ip"),
    *("membrane_type", "error_message", "error_type", "stack_trace"),
]
_NUMBERS = [
    *("response_time", "processing_time", "cpu", "memory", "disk", "throughput", "error_rate"),
    *("cache_hit_rate", "network_io"),
]
_COUNTS = ["status_code", "input_tokens", "output_tokens", "active_sessions"]

EVENTS = Table(
    source="telemetry",
    name="events",
    description="Telemetry of the app.",
    grain="One row per telemetry event.",
    key="event_id",
    key_paths=("$.event_id",),
    shape=dict.fromkeys(_TEXTS, "VARCHAR")
    | dict.fromkeys(_NUMBERS, "DOUBLE")
    | dict.fromkeys(_COUNTS, "BIGINT")
    | {"success": "BOOLEAN", "details": "JSON", "context": "JSON"},
    claimed_sql="p.timestamp",
    columns=(
        Column("event_id", "text", "The event's id; the payload's hash when the caller gave none.",
               "coalesce(p.event_id, 'md5:' || md5(payload::varchar))"),
        Column("kind", "text", "action, api_request, cognitive_process, system_metrics, error, session_start, "
               "session_end; any other as sent.", "lower(replace(p.event_type, '-', '_'))"),
        Column("actor_key", "text", "The app's user, with the kind of identifier in front; NULL when unknown.",
               "'user:' || p.user_id", personal=True),
        Column("session_id", "text", "The app's session.", "p.session_id"),
        Column("action", "text", "action: what the user did.", "p.action"),
        Column("details", "json", "action: its details as JSON text.", "p.details::varchar", personal=True,
               compared=False),
        Column("endpoint", "text", "api_request: the endpoint.", "p.endpoint"),
        Column("method", "text", "api_request: the HTTP method.", "upper(p.method)"),
        Column("status_code", "integer", "api_request: the HTTP status.", "p.status_code"),
        Column("response_ms", "number", "api_request, system_metrics: response time in milliseconds.",
               "p.response_time"),
        Column("ip", "text", "api_request: the caller's address.", "p.ip", personal=True),
        Column("process_kind", "text", "cognitive_process: memory, reasoning or grammar.", "p.membrane_type"),
        Column("processing_ms", "number", "cognitive_process: processing time in milliseconds.", "p.processing_time"),
        Column("input_tokens", "integer", "cognitive_process: tokens read.", "p.input_tokens"),
        Column("output_tokens", "integer", "cognitive_process: tokens written.", "p.output_tokens"),
        Column("success", "boolean", "cognitive_process: whether it succeeded.", "p.success"),
        Column("error_type", "text", "error: its type.", "p.error_type"),
        Column("error_message", "text", "error, cognitive_process: the message.", "p.error_message", personal=True),
        Column("stack_trace", "text", "error: the stack trace.", "p.stack_trace", personal=True),
        Column("context", "json", "error: its context as JSON text.", "p.context::varchar", personal=True,
               compared=False),
        Column("cpu", "number", "system_metrics: CPU in percent.", "p.cpu"),
        Column("memory", "number", "system_metrics: memory in percent.", "p.memory"),
        Column("disk", "number", "system_metrics: disk in percent.", "p.disk"),
        Column("throughput", "number", "system_metrics: requests a second.", "p.throughput"),
        Column("error_rate", "number", "system_metrics: share of failed requests, in percent.", "p.error_rate"),
        Column("active_sessions", "integer", "system_metrics: open sessions.", "p.active_sessions"),
        Column("cache_hit_rate", "number", "system_metrics: share of cache hits, in percent.", "p.cache_hit_rate"),
        Column("network_io", "number", "system_metrics: network traffic.", "p.network_io"),
    ),
    rules=(Rule("missing_type", "kind is null or kind = ''", "send event_type"),),
)  # fmt: skip
