"""A load client that costs little, so that a server on the same cores has its share. Used by the bench, not by tests.

python -m analytics_platform_tests.collector.load URL USER:PASSWORD put|post|get [requests] [connections]
"""

import asyncio
import base64
import json
import re
import sys
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, urlsplit


@dataclass(frozen=True)
class Figures:
    """What a load measured; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    statuses: dict[int, int]


def statement(number: int) -> dict[str, Any]:
    """About 1.2 kB, as 7taps sends it."""
    lesson = f"https://courses.example.org/abc{number % 40}"
    delta = {"ops": [{"insert": "How was your week, and what will you try next time? " * 4}]}
    return {
        "actor": {"account": {"name": f"{number % 3000:032x}", "homePage": "https://7taps.com"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en-US": "answered"}},
        "object": {
            "id": f"{lesson}/form/{number % 900}",
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/question",
                "name": {"en-US": json.dumps(delta)},
            },
        },
        "result": {"success": True, "response": "I went for a walk every day and slept better than before. " * 6},
        "context": {
            "registration": str(uuid.UUID(int=number % 5000)),
            "contextActivities": {"parent": {"id": lesson}},
        },
        "timestamp": "2026-11-01T10:00:00.000Z",
    }


class Client:
    """Sends ready-made requests over kept-alive connections."""

    def __init__(self, url: str, credential: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        token = base64.b64encode(credential.encode()).decode()
        self._head = (
            f"Host: {parts.netloc}\r\nAuthorization: Basic {token}\r\nX-Experience-API-Version: 1.0.3\r\n"
            "Content-Type: application/json\r\n"
        )

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        return f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def load(self, requests: Sequence[bytes], connections: int) -> Figures:
        waiting, times, statuses = iter(requests), list[float](), dict[int, int]()

        async def worker() -> None:
            reader, writer = await asyncio.open_connection(*self._address, limit=1 << 24)
            for request in waiting:
                began = time.perf_counter()
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head)
                await reader.readexactly(int(length[1]) if length else 0)
                times.append((time.perf_counter() - began) * 1000)
                status = int(head[9:12])
                statuses[status] = statuses.get(status, 0) + 1
            writer.close()

        began = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(connections)))
        took = time.perf_counter() - began
        times.sort()
        return Figures(len(times) / took, times[len(times) // 2], times[int(len(times) * 0.99)], statuses)


def known_id(number: int) -> str:
    """The id of a numbered statement, as scattered as a client's own ids are."""
    return str(uuid.UUID(bytes=blake2b(str(number).encode(), digest_size=16).digest(), version=4))


def puts(client: Client, count: int) -> list[bytes]:
    where = "/xapi/statements?statementId="
    return [client.request("PUT", f"{where}{uuid.uuid4()}", json.dumps(statement(n)).encode()) for n in range(count)]


def posts(client: Client, count: int, size: int = 500) -> list[bytes]:
    """Batches of statements without ids, as 7taps sends them."""
    return [client.request("POST", "/xapi/statements", batch(n * size, size, named=False)) for n in range(count)]


def batch(first: int, size: int, named: bool = True) -> bytes:
    """A batch of numbered statements, with the ids that their numbers give them or without any."""
    numbers = range(first, first + size)
    return json.dumps([({"id": known_id(n)} if named else {}) | statement(n) for n in numbers]).encode()


def gets(client: Client, numbers: Iterable[int]) -> list[bytes]:
    return [client.request("GET", f"/xapi/statements?statementId={known_id(number)}") for number in numbers]


def pages(client: Client, count: int) -> list[bytes]:
    agent = quote(json.dumps(statement(77)["actor"]))
    filters = (
        f"agent={agent}",
        "verb=http://adlnet.gov/expapi/verbs/answered",
        f"agent={agent}&verb=http://adlnet.gov/expapi/verbs/answered",
        "activity=https://courses.example.org/abc3&related_activities=true",
    )
    return [client.request("GET", f"/xapi/statements?limit=100&{filters[n % len(filters)]}") for n in range(count)]


def main() -> None:
    url, credential, kind = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else {"put": 10_000, "post": 100, "get": 200}[kind]
    connections = int(sys.argv[5]) if len(sys.argv) > 5 else {"put": 32, "post": 4, "get": 2}[kind]
    client = Client(url, credential)
    requests = {"put": puts, "post": posts, "get": pages}[kind](client, count)
    print(asyncio.run(client.load(requests, connections)))


if __name__ == "__main__":
    main()
