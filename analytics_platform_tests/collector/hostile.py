"""Clients that mean no good, for the soak: each goes on until it is cancelled, and counts what it was answered.

They use raw connections, so that they can break off in the middle. Does not live here: mutated requests
(``mutations``), the probes that are tests (``test_strangers``).
"""

import asyncio
import contextlib
import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from .load import Client, statement

Hostile = Callable[["Target"], Awaitable[None]]
_QUIET = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Target:
    """The collector as an attacker sees it: an address, and a credential that may only write."""

    def __init__(self, url: str, credential: str) -> None:
        parts = urlsplit(url)
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.client, self.stranger = Client(url, credential), Client(url, "c-0123456789ab:wrong")
        self.answers: Counter[int] = Counter()

    async def send(self, *pieces: bytes, pause: float = 0.0, patience: float = 20.0) -> None:
        """Send some pieces with pauses between, and read one answer, if there is one; 0 counts a connection cut."""
        try:
            async with asyncio.timeout(patience):
                reader, writer = await asyncio.open_connection(*self.address)
                try:
                    for piece in pieces:
                        writer.write(piece)
                        await writer.drain()
                        await asyncio.sleep(pause)
                    head = await reader.readuntil(b"\r\n\r\n")
                    self.answers[int(head[9:12])] += 1
                    length = re.search(rb"content-length: (\d+)", head)
                    await reader.readexactly(int(length[1]) if length else 0)
                finally:
                    writer.close()
                    with contextlib.suppress(*_QUIET):
                        await writer.wait_closed()
        except (*_QUIET, TimeoutError):
            self.answers[0] += 1


async def stalled_uploads(target: Target) -> None:
    """Says that eight megabytes come, and sends a kilobyte a second of them."""
    head = target.client.request("POST", "/xapi/statements", b"").replace(
        b"Content-Length: 0", b"Content-Length: 8000000"
    )
    while True:
        await target.send(head, *[b" " * 1024] * 20, pause=1.0, patience=25)


async def endless_trailers(target: Target) -> None:
    head = b"POST /xapi/statements HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    while True:
        await target.send(head, *[b"X-A: " + b"a" * 8000 + b"\r\n"] * 50)
        await asyncio.sleep(0.2)


async def wrong_passwords(target: Target) -> None:
    while True:
        await target.send(target.stranger.request("GET", "/xapi/statements"))
        await asyncio.sleep(0.05)


async def noise(target: Target) -> None:
    while True:
        await target.send(os.urandom(5000) + b"\r\n\r\n")
        await asyncio.sleep(0.1)


async def deep_and_long_bodies(target: Target) -> None:
    bodies = [
        b"[" * 2_000_000,
        b'{"a":' * 300_000 + b"1" + b"}" * 300_000,
        json.dumps([statement(number) | {"x": 1} for number in range(900)]).encode(),
        b'{"actor":"' + b"\\u0000" * 400_000 + b'"}',
        json.dumps(statement(1) | {"context": {"extensions": {"http://a.example/x": "y" * 3_000_000}}}).encode(),
    ]
    number = 0
    while True:
        await target.send(target.client.request("POST", "/xapi/statements", bodies[number % len(bodies)]))
        number += 1
        await asyncio.sleep(0.5)


async def packed_bulk(target: Target) -> None:
    """A kilobyte that unpacks to millions of items."""
    body = gzip.compress(b"1\n" * 8_000_000)
    request = target.client.request("POST", "/v1/xapi/batch", body)
    request = request.replace(
        b"Content-Type: application/json", b"Content-Type: application/x-ndjson\r\nContent-Encoding: gzip"
    )
    while True:
        await target.send(request)
        await asyncio.sleep(1.0)


async def blanks_in_parts(target: Target) -> None:
    body = b"--x\r\nContent-Type:" + b" " * 1_000_000 + b"\r\n\r\n{}\r\n--x--"
    request = target.client.request("POST", "/xapi/statements", body)
    request = request.replace(b"Content-Type: application/json", b"Content-Type: multipart/mixed; boundary=x")
    while True:
        await target.send(request)
        await asyncio.sleep(0.5)


async def percent_encoded_forms(target: Target) -> None:
    """The alternate syntax, as long as a sender with a password may make it, and longer by one without."""
    forms = [b"content=" + b"%41" * 300_000, b"content=" + b"%5B" * 300_000, b"&".join([b"a=%00"] * 100_000)]
    number = 0
    while True:
        for client in (target.client, target.stranger):
            request = client.request("POST", "/xapi/statements?method=POST", forms[number % len(forms)])
            kind = b"Content-Type: application/x-www-form-urlencoded"
            await target.send(request.replace(b"Content-Type: application/json", kind))
        number += 1
        await asyncio.sleep(0.5)


async def huge_heads(target: Target) -> None:
    """One header that has no end, thousands of small ones, and one that is just short enough to be read."""
    good = target.client.request("GET", "/xapi/statements?limit=1").removesuffix(b"\r\n\r\n")
    heads = [b"\r\nX-A: " + b"a" * 2_000_000, b"\r\nX-A: b" * 200_000, b"\r\nAccept-Language: " + b"de-x-a," * 8000]
    number = 0
    while True:
        await target.send(good, heads[number % len(heads)], b"\r\n\r\n")
        number += 1
        await asyncio.sleep(0.2)


async def broken_off(target: Target) -> None:
    """Hangs up in the middle of a body that looks good."""
    request = target.client.request("POST", "/xapi/statements", json.dumps([statement(n) for n in range(200)]).encode())
    while True:
        await target.send(request[: len(request) // 2], patience=0.05)
        await asyncio.sleep(0.1)


ALL: tuple[Hostile, ...] = (
    stalled_uploads,
    stalled_uploads,
    endless_trailers,
    wrong_passwords,
    noise,
    deep_and_long_bodies,
    packed_bulk,
    blanks_in_parts,
    percent_encoded_forms,
    huge_heads,
    broken_off,
)
