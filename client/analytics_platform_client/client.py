"""What an app calls. A call encodes one event and puts it into the buffer; everything else is the sender's.

No call raises or waits. The user and session of a request are known to calls inside it (``requests``). Does not live
here: sending (``sender``), middleware (``asgi``, ``wsgi``).
"""

import atexit
import json
import os
import threading
import traceback
import weakref
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from analytics_platform_client.buffer import Buffer, Event
from analytics_platform_client.http import Connection
from analytics_platform_client.sender import BATCH, LOG, Sender
from analytics_platform_client.spill import Spill

TRACK, SESSION = "/api/analytics/track/", "/api/analytics/session/"
LONGEST_TEXT, LONGEST_EVENT = 8_000, 64_000
WHO: "ContextVar[tuple[str | None, str | None]]" = ContextVar("analytics_who", default=(None, None))
Fields = dict[str, Any]


class Client:
    """One collector. Make one for the app and keep it."""

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        *,
        flush_seconds: float = 1.0,
        timeout_seconds: float = 5.0,
        exit_seconds: float = 2.0,
        most_events: int = 10_000,
        most_bytes: int = 8_000_000,
        spill_folder: str | Path | None = None,
        most_spilled_bytes: int = 100_000_000,
    ) -> None:
        """Raises only here, and only for an address that is none."""
        self._address = (url, user, password, timeout_seconds)
        Connection(*self._address)
        self._every, self._exit_seconds = flush_seconds, exit_seconds
        self._bounds = (most_events, most_bytes)
        folder = Path(spill_folder) if spill_folder is not None else _folder_of(url, user)
        self._spill_of = (folder, most_spilled_bytes)
        self._dropped = {"full": 0, "not encodable": 0}
        self._closed = False
        self._begin()
        _alive.add(self)

    def track_user_action(
        self,
        action: str,
        details: Mapping[str, Any] | None = None,
        *,
        user_id: str | None = None,
        session_id: str | None = None,
        timestamp: datetime | None = None,
        event_id: str | None = None,
    ) -> None:
        """A person did something."""
        self._track("action", {"action": action, "details": details}, user_id, session_id, timestamp, event_id)

    def track_cognitive_process(
        self,
        membrane_type: str,
        processing_time: float,
        success: bool,
        *,
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        error_message: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        timestamp: datetime | None = None,
        event_id: str | None = None,
    ) -> None:
        """An AI process (memory, reasoning, grammar …) ran, for so many milliseconds."""
        fields = {
            "membrane_type": membrane_type,
            "processing_time": processing_time,
            "success": success,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "error_message": error_message,
        }
        self._track("cognitive-process", fields, user_id, session_id, timestamp, event_id)

    def track_api_request(
        self,
        endpoint: str,
        method: str,
        status_code: int,
        response_time: float,
        *,
        ip: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        timestamp: datetime | None = None,
        event_id: str | None = None,
    ) -> None:
        """A request was answered, in so many milliseconds. The middleware calls this."""
        fields = {
            "endpoint": endpoint,
            "method": method,
            "status_code": status_code,
            "response_time": response_time,
            "ip": ip,
        }
        self._track("api-request", fields, user_id, session_id, timestamp, event_id)

    def track_system_metrics(
        self, *, timestamp: datetime | None = None, event_id: str | None = None, **measures: float
    ) -> None:
        """cpu, memory, disk, response_time, throughput, error_rate, active_sessions, cache_hit_rate, network_io."""
        self._track("system-metrics", dict(measures), None, None, timestamp, event_id)

    def track_error(
        self,
        error: BaseException | str,
        context: Mapping[str, Any] | None = None,
        *,
        message: str | None = None,
        stack_trace: str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        timestamp: datetime | None = None,
        event_id: str | None = None,
    ) -> None:
        """An error: an exception, or the name of its type with a message."""
        fields: Fields
        try:
            if isinstance(error, BaseException):
                trace = stack_trace or "".join(traceback.format_exception(type(error), error, error.__traceback__))
                fields = {"error_type": type(error).__name__, "error_message": message or str(error) or "no message"}
            else:
                trace = stack_trace
                fields = {"error_type": error, "error_message": message or "no message"}
            fields.update(stack_trace=trace, context=context)
        except Exception:  # an exception whose text cannot be made
            self._dropped["not encodable"] += 1
            return
        self._track("error", fields, user_id, session_id, timestamp, event_id)

    def start_session(self, *, user_id: str | None = None, session_id: str | None = None) -> str:
        """A session begins; its id, made where none is given."""
        session = session_id or _new_id()
        fields = {"session_id": session, "event_id": f"{session}:start"}
        self._put(f"{SESSION}start", fields, user_id, session, None, None)
        return session

    def end_session(self, session_id: str, *, user_id: str | None = None) -> None:
        fields = {"event_id": f"{session_id}:end"}
        self._put(f"{SESSION}{quote(session_id, safe='')}/end", fields, user_id, session_id, None, None)

    def flush(self) -> None:
        """Send what is there, now, and wait for it. For tests and the end of scripts."""
        self._sender.flush()

    def close(self, seconds: float | None = None) -> None:
        """Send for so long, keep the rest for the next start. Also done at exit."""
        if not self._closed:
            self._closed = True
            self._sender.close(self._exit_seconds if seconds is None else seconds)

    def counts(self) -> dict[str, int]:
        """What became of the events of this process."""
        dropped = {f"dropped, {why}": count for why, count in self._dropped.items()}
        return {**self._sender.counts, **dropped, "waiting": len(self._buffer)}

    def _begin(self) -> None:
        """A buffer and a sender of this process. The thread starts with the first event."""
        self._buffer = Buffer(*self._bounds)
        self._sender = Sender(self._buffer, Spill(*self._spill_of), Connection(*self._address), self._every)
        self._starting = threading.Lock()
        self._started = False

    def _track(
        self,
        kind: str,
        fields: Fields,
        user_id: str | None,
        session_id: str | None,
        timestamp: datetime | None,
        event_id: str | None,
    ) -> None:
        self._put(TRACK + kind, fields, user_id, session_id, timestamp, event_id)

    def _put(
        self,
        path: str,
        fields: Fields,
        user_id: str | None,
        session_id: str | None,
        timestamp: datetime | None,
        event_id: str | None,
    ) -> None:
        try:
            user, session = WHO.get()
            event = {name: _bounded(value) for name, value in fields.items() if value is not None}
            event.setdefault("event_id", event_id or _new_id())
            event["timestamp"] = _utc(timestamp).isoformat()
            if user_id or user:
                event["user_id"] = str(user_id or user)
            if session_id or session:
                event["session_id"] = str(session_id or session)
            body = json.dumps(event, default=str, separators=(",", ":"), allow_nan=False).encode()
        except Exception:  # nothing that an app hands over may break it
            self._dropped["not encodable"] += 1
            return
        if len(body) > LONGEST_EVENT or self._closed:
            self._dropped["not encodable" if not self._closed else "full"] += 1
            return
        if not self._buffer.put(Event(path, body)):
            self._dropped["full"] += 1
        if not self._started:
            self._start()
        if len(self._buffer) >= BATCH:
            self._sender.wake()

    def _start(self) -> None:
        with self._starting:
            if self._started:
                return
            self._started = True
            try:
                self._sender.thread.start()
            except RuntimeError as error:  # the interpreter is ending, or no thread can be had
                LOG.warning("Events are kept until exit: %s", error)


_alive: "weakref.WeakSet[Client]" = weakref.WeakSet()


def _after_fork() -> None:
    """The parent sends what it had; the child begins with nothing."""
    for client in list(_alive):
        client._begin()


def _at_exit() -> None:
    for client in list(_alive):
        client.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)


def _new_id() -> str:
    """A random UUID; three times as fast as uuid.uuid4()."""
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _utc(timestamp: datetime | None) -> datetime:
    if timestamp is None:
        return datetime.now(UTC)
    return timestamp.astimezone(UTC)


def _bounded(value: Any) -> Any:
    return value[:LONGEST_TEXT] if isinstance(value, str) and len(value) > LONGEST_TEXT else value


def _folder_of(url: str, user: str) -> Path | None:
    """A folder of this user for this collector; none where there is no home."""
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / ".cache" / "analytics-platform-client" / sha256(f"{user}@{url}".encode()).hexdigest()[:16]
