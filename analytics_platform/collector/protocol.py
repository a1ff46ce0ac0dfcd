"""uvicorn's httptools protocol with the limits that it lacks.

A connection is closed when its client takes too long to send headers, sends 64 kB without any of a body (headers,
trailers, chunk extensions), pipelines more than 100 requests, or goes on sending a body after the response. An idle
connection costs one timer.
"""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_SILENT_BYTES = 64 << 10
_PIPELINE = 100  # requests that wait on one connection
_DRAIN_BYTES, _DRAIN_SECONDS = 16 << 20, 5.0  # of a body that was answered before it was whole


class GuardedProtocol(HttpToolsProtocol):
    """Counts bytes that bring a request no further, and watches the time."""

    header_seconds: ClassVar[float] = 30.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._silent_bytes = 0
        self._in_head, self._whole = True, True
        self._drained: int | None = None
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(self.header_seconds, self._hang_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._silent_bytes += len(data)
        if self._drained is not None:
            self._drained += len(data)
        super().data_received(data)
        if (
            self._silent_bytes > _SILENT_BYTES
            or len(self.pipeline) > _PIPELINE
            or (self._drained is not None and self._drained > _DRAIN_BYTES)
        ):
            self._hang_up()

    def on_message_begin(self) -> None:
        self._in_head, self._whole = True, False
        self._stop_timer()
        self._timer = self.loop.call_later(self.header_seconds, self._hang_up)
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # a trailer is no header: whoever checked the headers has not seen it
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._silent_bytes = 0
        self._stop_timer()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._silent_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._silent_bytes = 0
        self._whole, self._drained = True, None
        self._stop_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self._whole and not self._in_head and not self.transport.is_closing():
            # The answer is out and the body still comes: a client that reads answers last is given a moment.
            self._drained = 0
            self._stop_timer()
            self._timer = self.loop.call_later(_DRAIN_SECONDS, self._hang_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _hang_up(self) -> None:
        self._timer = None
        transport: Any = self.transport
        if transport is not None and not transport.is_closing():
            transport.close()
