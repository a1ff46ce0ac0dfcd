"""Bodies of the routes beside xAPI: packed or not, one object, an array, or NDJSON."""

from collections.abc import Iterator
from typing import Any

from analytics_platform.collector.errors import Invalid, Refusal
from analytics_platform.collector.http import Request, parse_json

_PACKED = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}


def unpacked(body: bytes, encoding: str | None, most: int) -> bytes:
    """The body without its Content-Encoding; what unpacks to more than is allowed is never unpacked further."""
    if encoding in (None, "", "identity"):
        return body
    kind = _PACKED.get(encoding.strip().lower()) if encoding else None
    if kind is None:
        raise Refusal(415, "Content-Encoding must be gzip, zstd or identity.", (("Accept-Encoding", "gzip, zstd"),))
    import pyarrow as pa  # only who packs bodies pays for it

    try:
        with pa.input_stream(pa.BufferReader(body), compression=kind) as stream:
            content = bytes(stream.read(most + 1))
    except (OSError, pa.ArrowInvalid):
        raise Invalid(f"The body is not whole {kind}.") from None
    if len(content) > most:
        raise Refusal(413, f"The body unpacks to more than the {most} bytes that are allowed.")
    return content


def lines_of(body: bytes) -> Iterator[bytes]:
    """The lines of a body, without a copy of all of them."""
    start = 0
    while start < len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        yield body[start:end]
        start = end + 1


def is_array(body: bytes) -> bool:
    return body[:64].lstrip()[:1] == b"["


def events(request: Request, body: bytes, most: int) -> list[dict[str, Any]]:
    """One event, an array, or NDJSON, as objects; an error names the event."""
    kind = request.media_type
    if kind not in ("application/x-ndjson", "application/jsonl", "application/ndjson"):
        value = parse_json(body)
        values = value if isinstance(value, list) else [value]
    else:
        values = []
        if body.count(b"\n") > 2 * most:
            raise Refusal(413, f"More than {most} events in one request.")
        for number, line in enumerate(line for line in lines_of(body) if line.strip()):
            try:
                values.append(parse_json(line))
            except Invalid as error:
                error.within(number)
                raise
    if len(values) > most:
        raise Refusal(413, f"More than {most} events in one request.")
    for number, value in enumerate(values):
        if not isinstance(value, dict):
            raise Invalid("must be an object", number)
    return values
