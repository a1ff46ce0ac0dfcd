"""What the OpenAPI document says of every answer: its formats, an example, and the problems. Data."""

from typing import Any

from analytics_platform.serving.formats import FORMATS

EXAMPLE = {
    "snapshot": {
        "version": "20261127T174117642674Z",
        "published_at": "2026-11-27T17:41:17.642674+00:00",
        "age_seconds": 312,
        "first_day": "2026-10-28",
        "last_day": "2026-11-27",
    },
    "quality": {"state": "good", "reasons": []},
    "definitions": [
        {
            "name": "completion_rate",
            "label": "Completion rate",
            "description": "People who completed / people who started, each lesson counted for itself.",
            "unit": "share",
            "denominator": "lesson_starts",
            "owner": "team:data-engineering",
        }
    ],
    "columns": [{"name": "completion_rate", "description": "People who completed / who started.", "unit": "share"}],
    "notes": [],
    "sql": "SELECT …",
    "next_cursor": None,
    "data": [{"cohort": "North / Harbour", "completion_rate": 0.6}],
}  # fmt: skip
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "parameter": {"type": "string"},
        "remedy": {"type": "string"},
    },
    "example": {
        "type": "/problems/no-data",
        "title": "No data yet",
        "status": 404,
        "detail": "No data yet: the mart model_usage is not in this snapshot. Materialise it in Dagster.",
        "instance": "/api/conversations/models",
        "parameter": "model_usage",
        "remedy": "Build the mart and publish; GET /api/data/schema lists what is there.",
    },
}
_HEADERS = {
    name: {"description": text, "schema": {"type": "string"}}
    for name, text in {
        "ETag": "Changes with the snapshot; send it back as If-None-Match for a 304.",
        "X-Snapshot-Version": "Version of the published snapshot.",
        "X-Snapshot-Age-Seconds": "Seconds since it was published.",
        "X-Data-Quality": "good or stale.",
        "X-Next-Cursor": "Where the next page begins, if there is one.",
    }.items()
}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _PROBLEM}}}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: _problem("A parameter is wrong; the problem names it and the remedy."),
    401: _problem("No key, or one that is not known."),
    403: _problem("The key's role or cohorts do not reach so far."),
    404: _problem("No such name, or no data yet."),
    406: _problem("None of the formats asked for can be made."),
    410: _problem("The cursor belongs to an older snapshot."),
    413: _problem("The body is too large."),
    422: _problem("The query goes over a limit on rows, time or memory."),
    429: _problem("Too many requests; Retry-After says how long to wait."),
    503: _problem("Nothing is published yet, or too many queries run at once."),
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Rows, and what they rest on.",
        "headers": _HEADERS,
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": EXAMPLE},
            **{media: {"schema": {"type": "string"}} for media in FORMATS.values() if media != "application/json"},
        },
    },
    304: {"description": "The same as the If-None-Match that was sent."},
    **PROBLEMS,
}
FORMAT_PARAMETER = {
    "name": "format",
    "in": "query",
    "required": False,
    "description": "Instead of the Accept header.",
    "schema": {"type": "string", "enum": list(FORMATS)},
}
