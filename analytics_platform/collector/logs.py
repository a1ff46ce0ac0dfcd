"""Log lines of the serving process: time, level, request id; as text, or as one JSON object a line.

Does not live here: what is logged.
"""

import logging
import secrets
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

import orjson

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


def set_up(form: Literal["text", "json"]) -> None:
    """Send everything to stderr in one form; uvicorn's own lines as well."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("analytics_platform.collector").setLevel(logging.INFO)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _words(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    words = record.getMessage().replace("\n", " ").replace("\r", " ")
    return words if record.exc_info is None else f"{words}\n{formatter.formatException(record.exc_info)}"
