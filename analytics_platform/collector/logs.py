"""Log lines of the serving process: time, level, request id; as text, or as one JSON object a line.

Does not live here: what is logged.
"""

import logging
import secrets
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

import orjson

_SELDOM, _SELDOM_WORDS = 10.0, 100

request_id: ContextVar[str] = ContextVar("request_id", default="-")


def new_request_id(given: str | None) -> str:
    """A caller's own id if it is a plain short one, so that its log and ours can be laid side by side."""
    if given and len(given) <= 64 and given.isascii() and given.replace("-", "").replace("_", "").isalnum():
        return given
    return secrets.token_hex(8)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"{_time(record)} {record.levelname} {request_id.get()} {record.name} {_words(self, record)}"


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname,
            "request_id": request_id.get(),
            "logger": record.name,
            "message": _words(self, record),
        }
        return orjson.dumps(line).decode()


class _Seldom(logging.Filter):
    """One line of the same words every ten seconds, with the number since the one before.

    The web server tells each request that is no HTTP: a stranger who sends noise would fill the disk with lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage() if record.levelno < logging.ERROR else ""
        if not words:
            return True
        last, more = self._told.get(words, (float("-inf"), 0))
        if time.monotonic() - last < _SELDOM:
            self._told[words] = (last, more + 1)
            return False
        if len(self._told) > _SELDOM_WORDS:
            self._told.clear()
        self._told[words] = (time.monotonic(), 0)
        if more:
            record.msg, record.args = f"{words} {more} more before it.", ()
        return True


def set_up(form: Literal["text", "json"]) -> None:
    """Send everything to stderr in one form; uvicorn's own lines as well."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("analytics_platform.collector").setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").addFilter(_Seldom())


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _words(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    words = record.getMessage().replace("\n", " ").replace("\r", " ")
    return words if record.exc_info is None else f"{words}\n{formatter.formatException(record.exc_info)}"
