"""Answers in zstd where the client takes it, else in gzip, else as they are.

Arrow's own codec does it, so nothing is installed for it. Parquet is left alone: its columns are compressed.
"""

import io

import pyarrow as pa
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware, IdentityResponder
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics_platform.serving.formats import FORMATS, taken

SMALLEST = 1024
IN_A_THREAD = 128 * 1024
LEVEL = 4
COMPRESSED_ALREADY = (*DEFAULT_EXCLUDED_CONTENT_TYPES, FORMATS["parquet"])


class Compress:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._others = GZipMiddleware(app, SMALLEST, LEVEL, exclude_content_types=COMPRESSED_ALREADY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and takes_zstd(Headers(scope=scope).get("accept-encoding", "")):
            await Zstd(self._app, SMALLEST, exclude_content_types=COMPRESSED_ALREADY)(scope, receive, send)
        else:
            await self._others(scope, receive, send)


def takes_zstd(accepted: str) -> bool:
    """https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3"""
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "zstd":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class _Open(io.BytesIO):
    """What the compressor writes to; it stays readable when the compressor closes it."""

    def close(self) -> None: ...


class Zstd(IdentityResponder):
    """One frame for each answer: a piece of a stream is flushed, so that the client has it at once."""

    content_encoding = "zstd"

    def __init__(self, app: ASGIApp, minimum_size: int, *, exclude_content_types: tuple[str, ...]) -> None:
        super().__init__(app, minimum_size, exclude_content_types=exclude_content_types)
        self._sink = _Open()
        self._out = pa.CompressedOutputStream(pa.PythonFile(self._sink, "w"), "zstd")

    async def apply_compression(self, body: bytes, *, more_body: bool) -> bytes:
        if len(body) < IN_A_THREAD:
            return self._compressed(body, more_body)
        return await run_sync(self._compressed, body, more_body)

    def _compressed(self, body: bytes, more_body: bool) -> bytes:
        self._out.write(body)
        if more_body:
            self._out.flush()
        else:
            self._out.close()
        return taken(self._sink)
