"""A NocoDB on loopback that behaves as 0.301 does, and makes trouble on request. With a number of rows, serves alone.

What it does as the real one: the default page of 25, larger ones clamped silently, ``page`` ignored, 422 behind the
end, no order without a sort, ``exactDate`` demanded, two shapes of errors, ``gt`` that is not strict, whole seconds.
"""

import json
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "xc-secret"
CONDITION = re.compile(r"\(([^,()]+),(gte|lte|gt|lt|eq)(?:,(exactDate))?,([^()]*)\)")
Row = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, body: dict[str, str]) -> None:
        super().__init__(status)
        self.status, self.body = status, body


@dataclass
class NocoDB:
    """Its tables, and the troubles of requests, by their number."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    largest: int = 1000
    troubles: list[Callable[[int], "Trouble | None"]] = field(default_factory=list)
    between: Callable[[int], None] = lambda _number: None  # what others do to the tables before a request
    still: bool = False
    remembered: dict[tuple[str, str, str], list[Row]] = field(default_factory=dict)
    requests: int = 0
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def records(self, table: str, query: dict[str, list[str]]) -> bytes:
        if table not in self.tables:
            raise Refused(404, {"error": "ERR_TABLE_NOT_FOUND", "message": f"Table '{table}' not found"})
        rows = self.chosen(table, query.get("where", [""])[0], query.get("sort", [""])[0])
        limit = min(int(query.get("limit", ["25"])[0]), self.largest)
        offset = int(query.get("offset", ["0"])[0])
        if offset and offset >= len(rows):
            raise Refused(422, {"error": "ERR_INVALID_OFFSET_VALUE", "message": f"Offset value '{offset}' is invalid"})
        info = {
            "totalRows": len(rows),
            "page": offset // limit + 1,
            "pageSize": limit,
            "isFirstPage": offset == 0,
            "isLastPage": offset + limit >= len(rows),
        }
        return json.dumps({"list": rows[offset : offset + limit], "pageInfo": info}).encode()

    def chosen(self, table: str, where: str, sort: str) -> list[Row]:
        """The rows of a filter in order; remembered where nothing changes, as a database has its index."""
        if (table, where, sort) in self.remembered:
            return self.remembered[table, where, sort]
        rows = [row for row in self.tables[table] if matches(row, where)]
        for name in reversed(sort.split(",") if sort else []):
            rows.sort(key=lambda row: str(row.get(name.lstrip("-")) or "").zfill(30), reverse=name[0] == "-")
        if not sort:
            random.shuffle(rows)
        if self.still:
            self.remembered[table, where, sort] = rows
        return rows


@dataclass(frozen=True)
class Trouble:
    """refuse (with a status), break (reset in mid-body), silent (no answer for some seconds), cut (half a body)."""

    kind: str
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


def matches(row: Row, where: str) -> bool:
    if not where:
        return True
    parts = CONDITION.findall(where)
    if not parts:
        raise Refused(422, {"msg": f"Invalid filter expression: {where}"})
    judge = any if "~or" in where else all
    return judge(_holds(row, *part) for part in parts)


def _holds(row: Row, name: str, operator: str, exact: str, value: str) -> bool:
    if name not in row:
        raise Refused(422, {"error": "ERR_FIELD_NOT_FOUND", "message": f"Field '{name}' not found"})
    mine = row[name]
    if operator == "eq":
        return str(mine) == value
    if not exact:
        raise Refused(422, {"msg": f"'{operator}' is not supported for this column without a sub-operator"})
    if mine is None:
        return False
    one, other = _moment(str(mine)), _moment(value)
    # A strict comparison is not strict on SQLite.
    return one >= other if operator in ("gt", "gte") else one <= other


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@contextmanager
def serving(nocodb: NocoDB) -> Iterator[NocoDB]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(nocodb))
    server.daemon_threads = True
    nocodb.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield nocodb
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(nocodb: NocoDB) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: object) -> None:
            """Silence."""

        def do_GET(self) -> None:
            with nocodb.lock:
                nocodb.requests += 1
                number = nocodb.requests
                nocodb.between(number)
            trouble = next((t for make in nocodb.troubles if (t := make(number)) is not None), None)
            if trouble is not None and trouble.kind == "refuse":
                self.answer(trouble.status, json.dumps({"msg": "trouble"}).encode(), trouble.headers)
                return
            if trouble is not None and trouble.kind == "silent":
                time.sleep(trouble.seconds)
                self.close_connection = True
                return
            try:
                if self.headers.get("xc-token") != TOKEN:
                    raise Refused(401, {"error": "ERR_AUTHENTICATION_REQUIRED", "message": "Authentication required"})
                address = urlsplit(self.path)
                table = address.path.split("/")[4]
                with nocodb.lock:
                    body = nocodb.records(table, parse_qs(address.query))
            except Refused as refused:
                self.answer(refused.status, json.dumps(refused.body).encode())
                return
            if trouble is not None and trouble.kind == "cut":
                self.answer(200, body[: len(body) // 2])
            elif trouble is not None and trouble.kind == "break":
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                self.close_connection = True
            else:
                self.answer(200, body)

        def answer(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def message(number: int, at: str, **changes: Any) -> Row:
    """One exchange as NocoDB shows it on SQLite: booleans as 1 and 0, inputs as text."""
    return {
        "Id": number,
        "id": f"m{number:06d}",
        "conversation_id": f"c{number % 50}",
        "app_id": "app",
        "model_provider": "openai",
        "model_id": "gpt-4o-mini",
        "inputs": json.dumps(
            {"language": "th", "currency": "THB", "tier": "gold", "balance": "1234.56", "phone": "08"}
        ),
        "query": f"How much is number {number}? " + "x" * 100,
        "message": json.dumps([{"role": "system", "text": "You answer questions about prices. " * 8}]),
        "note_of_an_agent": "nobody's business",  # a column that no contract names
        "answer": f"It is {number}. " + "y" * 200,
        "message_tokens": 0,
        "answer_tokens": 20,
        "total_price": "0.0012",
        "currency": "USD",
        "provider_response_latency": 1.5,
        "from_end_user_id": f"u{number % 20}",
        "agent_based": 0,
        "status": "normal",
        "CreatedAt": at,
        "UpdatedAt": None,
    } | changes


def conversation(number: int, at: str, **changes: Any) -> Row:
    return {
        "Id": number,
        "id": f"c{number}",
        "app_id": "app",
        "name": "Prices",
        "inputs": "{}",
        "from_end_user_id": f"u{number % 20}",
        "is_deleted": 0,
        "CreatedAt": at,
        "UpdatedAt": None,
    } | changes


if __name__ == "__main__":  # for the benchmark: a process of its own
    rows = int(sys.argv[1])
    clock = [f"{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(86_400)]
    many = [message(n, f"2026-03-10 {clock[n * 86_400 // rows]}+00:00") for n in range(rows)]
    with serving(NocoDB({"messages": many}, still=True)) as alone:
        print(alone.port, flush=True)
        sys.stdin.readline()
