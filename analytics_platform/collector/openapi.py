"""The OpenAPI document of the routes that are not xAPI's (those have a specification of their own).

Made from the same tables that check the bodies, so it cannot say something else.
"""

from typing import Any

from analytics_platform import __version__
from analytics_platform.collector.intake import telemetry, video

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string", "minLength": 1}


def document() -> Schema:
    """The document."""
    paths: dict[str, Schema] = {
        "/v1/video/events": {"post": _post("Take in video events", _one_or_many(_video()))},
        "/v1/xapi/batch": {"post": _batch()},
        "/api/analytics/session/start": {"post": _post("A session begins", _session())},
        "/api/analytics/session/{id}/end": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": _post("A session ends", _session()),
        },
        "/health/live": {"get": _get("Whether the process works")},
        "/health/ready": {"get": _get("Whether it can store and read now")},
        "/metrics": {"get": _get("Prometheus metrics", "text/plain")},
    }
    for kind in telemetry.REQUIRED:
        paths[f"/api/analytics/track/{kind}"] = {"post": _post(f"Take in {kind} events", _one_or_many(_track(kind)))}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Analytics platform collector", "version": __version__},
        "security": [{"basic": []}],
        "components": {"securitySchemes": {"basic": {"type": "http", "scheme": "basic"}}},
        "paths": paths,
    }


def _video() -> Schema:
    fields = _all(video.TEXTS, type="string") | _all(video.NUMBERS, type="number", minimum=0)
    return _event(fields, video.REQUIRED, "event_timestamp")


def _track(kind: str) -> Schema:
    fields = _all(telemetry.TEXTS, type="string")
    fields |= _all((*telemetry.MEASURES, "processing_time"), type="number")
    fields |= _all(telemetry.COUNTS, type="integer", format="int64")
    schema = _event(fields | {"success": {"type": "boolean"}}, telemetry.REQUIRED[kind], "timestamp")
    if kind == "system-metrics":
        schema["anyOf"] = [{"required": [name]} for name in (*telemetry.MEASURES, "active_sessions")]
    return schema


def _all(names: tuple[str, ...], **schema: Any) -> dict[str, Schema]:
    return {name: dict(schema) for name in names}


def _session() -> Schema:
    return _event({}, (), "timestamp")


def _event(fields: dict[str, Schema], required: tuple[str, ...], time_name: str) -> Schema:
    shared: dict[str, Schema] = {
        "event_id": {"type": "string", "maxLength": 200, "description": "The same id again is no second event."},
        "user_id": {"type": "string", "description": "Or the header X-User-ID."},
        "session_id": {"type": "string", "description": "Or the header X-Session-ID."},
        time_name: {"type": "string", "format": "date-time", "description": "When it happened; else when it came."},
    }
    properties = shared | {
        name: (_TEXT if name in required and s == {"type": "string"} else s) for name, s in fields.items()
    }
    return {"type": "object", "properties": properties, "required": list(required)}


def _one_or_many(event: Schema) -> Schema:
    return {"oneOf": [event, {"type": "array", "items": event}]}


def _post(summary: str, schema: Schema) -> Schema:
    taken = {
        "type": "object",
        "required": ["ids", "stored", "duplicate"],
        "properties": {
            "ids": {"type": "array", "items": {"type": "string"}},
            "stored": {"type": "integer"},
            "duplicate": {"type": "integer"},
            "session_id": {"type": "string"},
        },
    }
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"201": _answer("On disk", taken), **_ERRORS},
    }


def _batch() -> Schema:
    verdict = {
        "type": "object",
        "required": ["index", "verdict"],
        "properties": {
            "index": {"type": "integer"},
            "verdict": {"enum": ["stored", "duplicate", "conflict", "refused"]},
            "id": {"type": "string"},
            "where": {"type": "string"},
            "reason": {"type": "string"},
        },
    }
    counts: dict[str, Schema] = {
        name: {"type": "integer"} for name in ("received", "stored", "duplicate", "conflict", "refused")
    }
    answer = {"type": "object", "properties": counts | {"verdicts": {"type": "array", "items": verdict}}}
    content: Schema = {
        "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
        "application/x-ndjson": {"schema": {"type": "string"}},
    }
    return {
        "summary": "Bulk load of xAPI statements; gzip and zstd by Content-Encoding. Each has a verdict.",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": _answer("A verdict for each statement", answer), **_ERRORS},
    }


def _get(summary: str, content_type: str = "application/json") -> Schema:
    content = {content_type: {"schema": {"type": "string" if content_type != "application/json" else "object"}}}
    good = {"description": "Yes", "content": content}
    return {"summary": summary, "security": [], "responses": {"200": good, "503": _ERRORS["503"]}}


def _answer(description: str, schema: Schema) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "where": {"type": "string"}},
}
_ERRORS: dict[str, Schema] = {
    status: _answer(words, _ERROR)
    for status, words in {
        "400": "Wrong input; the answer names it",
        "401": "Unknown user name or wrong password",
        "403": "The credential lacks the scope",
        "404": "Nothing is there",
        "408": "The body did not arrive in time",
        "413": "Too large",
        "415": "Unknown Content-Encoding",
        "429": "Too fast; see Retry-After",
        "503": "The store cannot keep up; see Retry-After",
    }.items()
}
