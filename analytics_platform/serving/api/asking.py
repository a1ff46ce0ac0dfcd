"""From a request to an answer: the format that is wanted, the page, what is new since (ETag), and the audit.

Every answer names the snapshot's version, age and quality: in JSON beside the rows, in other formats in headers.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import orjson
from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from analytics_platform.insights.live import LiveWindow
from analytics_platform.semantics import Answer, Definition, Named, Query, Viewer, query
from analytics_platform.semantics.registry import registry
from analytics_platform.serving.api.access import Access
from analytics_platform.serving.api.audit import Audit
from analytics_platform.serving.api.counters import Counters
from analytics_platform.serving.api.problems import FORMAT, GONE, Problem
from analytics_platform.serving.api.readers import Readers
from analytics_platform.serving.formats import FORMATS, MEDIA, Format, json_bytes, stream
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import Snapshot

PAGE, LARGEST_PAGE = 1_000, 10_000


@dataclass(frozen=True)
class Service:
    """What the routes share."""

    settings: Settings
    readers: Readers
    access: Access
    audit: Audit
    counters: Counters
    live: LiveWindow


@dataclass(frozen=True)
class Page:
    """``limit`` rows from ``offset`` on."""

    limit: int
    offset: int


def answer(
    service: Service, request: Request, viewer: Viewer, question: Query | Named, limit: int | None, cursor: str | None
) -> Response:
    """The whole way for a question: not modified, or rows in the format that is wanted."""
    wanted = wanted_format(request)
    snapshot = service.readers.current()
    if unchanged := not_modified(request, viewer, snapshot):
        return unchanged
    page = page_of(service.settings, wanted, limit, cursor, snapshot)
    # One row more than the page says whether there is a further page.
    asked = replace(question, limit=page.limit + 1, offset=page.offset)
    with service.readers.reader() as reader:
        found = query(service.readers.settings, asked, viewer, reader)
    note_personal(service, viewer, question, found)
    return respond(request, viewer, found, wanted, page)


def note_personal(service: Service, viewer: Viewer, question: Query | Named, found: Answer) -> None:
    """Answers about single people leave a line in the audit."""
    if isinstance(question, Named):
        if registry(service.settings).named_query(question.name).shows == "people":
            service.audit.note(viewer, question.name, question.parameters, found.table.num_rows, found.version)
    elif {"person", "person_id"} & {*question.group_by, *(f.dimension for f in question.where)}:
        by = {"group_by": ",".join(question.group_by)}
        service.audit.note(viewer, ",".join(question.metrics), by, found.table.num_rows, found.version)


def wanted_format(request: Request) -> Format:
    """``format`` in the query, else what Accept wants most of what is known, else JSON."""
    asked = request.query_params.get("format")
    if asked:
        for known in FORMATS:
            if asked.lower() == known:
                return known
        raise Problem(FORMAT, f"{asked!r} is no format.", "format")
    accepted = _accepted(request.headers.get("accept", "*/*"))
    for media in accepted:
        if media in MEDIA:
            return MEDIA[media]
    if any(media in ("*/*", "application/*", "", "text/html") for media in accepted):
        return "json"
    raise Problem(FORMAT, f"None of {', '.join(accepted)[:200]} can be made.", "accept")


def _accepted(header: str) -> list[str]:
    """The media types of Accept, the most wanted first; what has a weight of 0 is not wanted."""
    wanted = []
    for part in header.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights = [text.removeprefix("q=") for text in parameters if text.startswith("q=")]
        try:
            weight = float(weights[0]) if weights else 1.0
        except ValueError:
            weight = 1.0
        if weight > 0:
            wanted.append((weight, media))
    return [media for _, media in sorted(wanted, key=lambda one: -one[0])]


def only_json(request: Request) -> None:
    """For answers that are documents and no rows."""
    if wanted_format(request) != "json":
        raise Problem(FORMAT, "This answer is a document and no table: it comes as JSON only.", "format")


DOCUMENT = [Depends(only_json)]


def page_of(settings: Settings, wanted: Format, limit: int | None, cursor: str | None, now: Snapshot | None) -> Page:
    """JSON and XML come in pages; the formats of programs as a whole, unless a limit is given."""
    paged = wanted in ("json", "xml")
    most = LARGEST_PAGE if paged else settings.api_max_rows
    limit = min(limit or (PAGE if paged else most), most)
    if not cursor:
        return Page(limit, 0)
    try:
        version, offset = orjson.loads(base64.urlsafe_b64decode(cursor.encode() + b"=="))
        valid = isinstance(version, str) and isinstance(offset, int) and 0 <= offset < 1 << 40
    except (ValueError, TypeError, binascii.Error):
        valid = False
    if not valid:
        raise Problem(GONE, "The cursor is none of ours.", "cursor")
    if now is None or version != now.version:
        raise Problem(GONE, f"The cursor belongs to snapshot {version}, and a newer one is published.", "cursor")
    return Page(limit, offset)


def cursor_of(version: str, offset: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([version, offset])).decode().rstrip("=")


def etag(request: Request, viewer: Viewer, snapshot: Snapshot) -> str:
    """The same snapshot gives the same viewer the same answer to the same question in the same format."""
    asked = f"{request.url.path}?{request.url.query}|{request.headers.get('accept', '')}|{viewer}"
    return f'W/"{snapshot.version}-{sha256(asked.encode()).hexdigest()[:16]}"'


def not_modified(request: Request, viewer: Viewer, snapshot: Snapshot | None) -> Response | None:
    known = request.headers.get("if-none-match", "")
    if request.method != "GET" or snapshot is None or not known:
        return None
    tag = etag(request, viewer, snapshot)
    if tag in (part.strip() for part in known.split(",")):
        return Response(status_code=304, headers={"ETag": tag, **_CACHING})
    return None


_CACHING = {"Cache-Control": "private, no-cache", "Vary": "Accept, Authorization, X-API-Key"}


def respond(request: Request, viewer: Viewer, found: Answer, wanted: Format, page: Page) -> Response:
    table = found.table.slice(0, page.limit)
    following = cursor_of(found.version, page.offset + page.limit) if found.table.num_rows > page.limit else None
    headers = {
        "X-Snapshot-Version": found.version,
        "X-Snapshot-Age-Seconds": f"{found.age_seconds:.0f}",
        "X-Data-Quality": found.quality.state,
        **_CACHING,
    }
    if request.method == "GET":
        headers["ETag"] = etag(request, viewer, found.snapshot)
    if following:
        headers["X-Next-Cursor"] = following
    if wanted == "json":
        body = {**about(found), "next_cursor": following, "data": table.to_pylist()}
        return Response(json_bytes(body), headers=headers, media_type="application/json")
    return StreamingResponse(stream(table, wanted), headers=headers, media_type=FORMATS[wanted])


def about(found: Answer) -> dict[str, Any]:
    """What an answer rests on, as JSON shows it."""
    return {
        "snapshot": snapshot_of(found.snapshot, found.age_seconds),
        "quality": {"state": found.quality.state, "reasons": list(found.quality.reasons)},
        "definitions": [definition_of(d) for d in found.definitions],
        "columns": [{"name": d.name, "description": d.description, "unit": d.unit} for d in found.columns],
        "notes": list(found.notes),
        "sql": found.sql,
    }


def snapshot_of(snapshot: Snapshot, age_seconds: float) -> dict[str, Any]:
    return {
        "version": snapshot.version,
        "published_at": snapshot.published_at,
        "age_seconds": round(age_seconds),
        "first_day": snapshot.first_day,
        "last_day": snapshot.last_day,
    }


def definition_of(definition: Definition) -> Mapping[str, str]:
    return {name: getattr(definition, name) for name in definition.__dataclass_fields__}
