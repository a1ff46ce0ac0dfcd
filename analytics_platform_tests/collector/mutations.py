"""Mutated requests in great number against a collector of their own: none answered by 5xx, none that hangs.

python -m analytics_platform_tests.collector.mutations --requests 100000

The requests are those of ``test_fuzz``; one in fifty has a body of a megabyte or more. A request that takes longer than
the limit is sent again when all others are through: what is slow by itself is slow again, what only waited for a busy
machine is not. Exit code 1 when one was answered by 5xx (503 with Retry-After is push-back), or hung.
"""

import argparse
import itertools
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from .samples import with_id
from .test_fuzz import JUNK, request_of

_CLIENTS = 4
_LONG = 50  # one in so many has a long body
_MEGABYTE = 1 << 20


@dataclass
class Seen:
    """Answers by status; ``failed`` and ``slow`` are the seeds of requests to look at."""

    statuses: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0
    long_bodies: int = 0
    failed: list[int] = field(default_factory=list)
    slow: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def request_with(seed: int) -> dict[str, Any]:
    """The request of a seed."""
    dice = random.Random(seed)
    request = request_of(dice)
    if seed % _LONG == 0:
        request |= {"method": "POST", "url": dice.choice(["/xapi/statements", "/v1/xapi/batch"]), "params": {}}
        request["content"] = long_body(dice)
    request["headers"] |= {"X-Experience-API-Version": "2.0.0" if seed % 2 else "1.0.3"}
    return request


def long_body(dice: random.Random) -> bytes:
    """A megabyte or more of what parsers dislike."""
    good = orjson.dumps(with_id())
    size = _MEGABYTE + dice.randrange(2 * _MEGABYTE)
    return dice.choice(
        [
            lambda: orjson.dumps(with_id(result={"response": "x\\u0000é" * (size // 8)})),
            lambda: orjson.dumps(with_id(context={"extensions": {"https://a.example/x": list(range(size // 8))}})),
            lambda: orjson.dumps(
                with_id(context={"extensions": {f"https://a.example/{n}": n for n in range(size // 40)}})
            ),
            lambda: b"[" * size,
            lambda: b'{"a":' * (size // 5),
            lambda: b"[" + b",".join([good] * (size // len(good))) + b"]",
            lambda: b"[" + b",".join([b"{}"] * (size // 3)) + b"]",
            lambda: b'{"a":' + b"9" * size + b"}",
            lambda: b"{" + b",".join([b'"a":1'] * (size // 6)) + b"}",
            lambda: b"\n".join([good] * (size // len(good))),
            lambda: orjson.dumps([dice.choice(JUNK[:4]) for _ in range(size // 5)]),
            lambda: b"--x\r\n" + b"A: b\r\n" * (size // 6),
            lambda: dice.randbytes(size),
        ]
    )()


def ask(client: httpx.Client, seed: int, seen: Seen, patience: float, again: list[int]) -> None:
    try:
        began = time.monotonic()
        answer = client.request(**request_with(seed), timeout=60)
        took = time.monotonic() - began
    except httpx.InvalidURL:
        return
    except httpx.TransportError:  # hung up on, which is an answer as well
        with seen.lock:
            seen.statuses[0] += 1
        return
    with seen.lock:
        seen.statuses[answer.status_code] += 1
        seen.long_bodies += seed % _LONG == 0
        seen.longest = max(seen.longest, took)
        pushed_back = answer.status_code == 503 and "retry-after" in answer.headers
        if answer.status_code >= 500 and not pushed_back:
            seen.failed.append(seed)
        if took > patience:
            again.append(seed)


def attack(url: str, credential: str, seeds: range, patience: float) -> Seen:
    seen, waiting, again = Seen(), itertools.count(seeds.start), list[int]()
    name, _, password = credential.partition(":")

    def worker() -> None:
        with httpx.Client(base_url=url, auth=(name, password)) as client:
            while (seed := next(waiting)) < seeds.stop:
                ask(client, seed, seen, patience, again)

    threads = [threading.Thread(target=worker) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with httpx.Client(base_url=url, auth=(name, password)) as client:
        for seed in again:
            ask(client, seed, seen, patience, seen.slow)
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="seed of the first request")
    parser.add_argument("--patience", type=float, default=2.0, help="seconds that an answer may take")
    chosen = parser.parse_args()
    from bench.front_door import front_door, make_credential

    with tempfile.TemporaryDirectory(prefix="mutations-") as home:
        door, began = front_door(home, make_credential(home)), time.monotonic()
        try:
            seeds = range(chosen.first, chosen.first + chosen.requests)
            seen = attack(door.url, door.credential, seeds, chosen.patience)
            memory = door.memory_mb()
        finally:
            door.close()
    print(
        f"{sum(seen.statuses.values()):,} requests in {time.monotonic() - began:.0f} s, {seen.long_bodies:,} of them"
        f" with a megabyte or more; answers {dict(sorted(seen.statuses.items()))} (0: hung up on)\n"
        f"longest answer {seen.longest:.2f} s; memory of the server at most {memory:.0f} MB;"
        f" load of the machine {os.getloadavg()[0]:.1f}\n"
        f"answered by 5xx: {seen.failed or 'none'}; slower than {chosen.patience:g} s, and again: {seen.slow or 'none'}"
    )
    return 1 if seen.failed or seen.slow else 0


if __name__ == "__main__":
    sys.exit(main())
