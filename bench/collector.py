"""The front door over real HTTP, its client on the same cores: batches, single PUTs, reading at a million statements.

All validation and fsync are on, and shipping to landing goes on meanwhile. The reference of writing is the bare cost in
one process without HTTP: parse the JSON, append it to a file, fsync. The bodies are made before the clock starts.
"""

import asyncio
import random
import time
from pathlib import Path
from typing import Any

from bench.front_door import FrontDoor, front_door, make_credential
from bench.measuring import Result, run_part, temporary_home

STORED = 1_000_000
SIZE, BATCHES, PUTS, ROUNDS = 500, 100, 10_000, 3
BATCH_RATE, PUT_RATE, PUT_P99, GET_P99, PAGE_P99, MEMORY_MB = 20_000, 2_000, 60, 15, 50, 400
CONNECTIONS = 4


def measure(scale: float) -> list[Result]:
    count = max(2, round(BATCHES * min(1.0, scale)))
    with temporary_home() as home:
        door = front_door(home, run_part(make_credential, home).answer)
        try:
            where = (door.url, door.credential)
            run_part(send_batches, *where, 10, 0)  # warm
            plain = _best(door, send_batches, *where, count, 0)
            named = _best(door, send_batches, *where, count, 1)
            puts = _best(door, send_puts, *where, round(PUTS * min(1.0, scale)))
            empty_mb = door.memory_mb()
            run_part(fill, *where, round(STORED * scale))
            gets = _best(door, get_by_id, *where, round(STORED * scale))
            pages = _best(door, get_pages, *where)
            full_mb, shipping_mb = door.memory_mb(), door.shipping_mb()
        finally:
            door.close()
        bare = min(run_part(bare_batches, home, count).answer["seconds"] for _ in range(ROUNDS))
        bare_puts = min(run_part(bare_singles, home, PUTS).answer["seconds"] for _ in range(ROUNDS))
    stored = {"stored": round(STORED * scale)}
    return [
        _rate("collector_batches", plain, count * SIZE / bare, BATCH_RATE, {"ids": "given by the collector"}),
        _rate("collector_batches_ids", named, count * SIZE / bare, BATCH_RATE, {"ids": "sent along"}),
        _rate("collector_puts", puts, PUTS / bare_puts, PUT_RATE, {"connections": 32, "bare": "one fsync for 32"}),
        _most("collector_puts_p99", puts["p99"], PUT_P99, "ms", {"p50": puts["p50"]}),
        _most("collector_get_p99", gets["p99"], GET_P99, "ms", stored | {"p50": gets["p50"]}),
        _most("collector_page_p99", pages["p99"], PAGE_P99, "ms", stored | {"p50": pages["p50"], "limit": 100}),
        _most("collector_memory", full_mb, MEMORY_MB, "MB", stored | {"before": empty_mb, "shipping": shipping_mb}),
    ]


def _best(door: FrontDoor, part: Any, *arguments: Any) -> dict[str, Any]:
    """The best of some rounds: the machine has others to serve, too. With the processor time that each side took."""
    found = []
    for number in range(ROUNDS):
        before = door.cpu_seconds()
        figures = run_part(part, *arguments, number).answer
        if set(figures["statuses"]) - {"200", "204"}:
            raise RuntimeError(f"{part.__name__}: the collector answered {figures['statuses']}")
        found.append(figures | {"server_us": round((door.cpu_seconds() - before) / figures["count"] * 1e6, 1)})
    best = max(found, key=lambda figures: figures["rate"] if "send" in part.__name__ else -figures["p99"])
    return best | {"rounds": [round(figures["rate"]) for figures in found]}


def _rate(name: str, figures: dict[str, Any], bare: float, limit: float, detail: dict[str, Any]) -> Result:
    detail |= {name: figures[name] for name in ("rounds", "server_us", "client_us", "p50", "p99")}
    rate = figures["rate"]
    return Result(name, rate, "/s", bare, rate / bare, f"value >= {limit}", rate >= limit, detail)


def _most(name: str, value: float, limit: float, unit: str, detail: dict[str, Any]) -> Result:
    return Result(name, value, unit, limit, value / limit, f"value <= {limit}", value <= limit, detail)


def send_batches(url: str, credential: str, count: int, named: int, number: int = 0) -> dict[str, Any]:
    from analytics_platform_tests.collector.load import Client, batch

    client = Client(url, credential)
    first = -1 - (number + 1) * count * SIZE  # numbers that the filling has not
    bodies = [batch(first + n * SIZE, SIZE, bool(named)) for n in range(count)]
    requests = [client.request("POST", "/xapi/statements", body) for body in bodies]
    return _sent(client, requests, CONNECTIONS, SIZE)


def send_puts(url: str, credential: str, count: int, _number: int = 0) -> dict[str, Any]:
    from analytics_platform_tests.collector.load import Client, puts

    client = Client(url, credential)
    return _sent(client, puts(client, count), 32)


def fill(url: str, credential: str, count: int) -> dict[str, Any]:
    """Numbered statements up to a count, in portions that the client has room for."""
    from analytics_platform_tests.collector.load import Client, batch

    client, seconds = Client(url, credential), 0.0
    for start in range(0, count, 40 * SIZE):
        firsts = range(start, min(count, start + 40 * SIZE), SIZE)
        requests = [client.request("POST", "/xapi/statements", batch(first, SIZE)) for first in firsts]
        seconds += len(requests) * SIZE / _sent(client, requests, CONNECTIONS, SIZE)["rate"]
    return {"seconds": seconds, "count": count}


def get_by_id(url: str, credential: str, stored: int, number: int = 0) -> dict[str, Any]:
    from analytics_platform_tests.collector.load import Client, gets

    client, dice = Client(url, credential), random.Random(number)
    return _sent(client, gets(client, [dice.randrange(stored) for _ in range(4000)]), 2)


def get_pages(url: str, credential: str, _number: int = 0) -> dict[str, Any]:
    from analytics_platform_tests.collector.load import Client, pages

    client = Client(url, credential)
    return _sent(client, pages(client, 400), 2)


def _sent(client: Any, requests: list[bytes], connections: int, size: int = 1) -> dict[str, Any]:
    import gc

    gc.collect()
    gc.disable()  # the client shall cost little
    before = time.process_time()
    figures = asyncio.run(client.load(requests, connections))
    count = len(requests) * size
    client_us = round((time.process_time() - before) / count * 1e6, 1)
    statuses = {str(status): times for status, times in figures.statuses.items()}
    return {
        **{"rate": figures.per_second * size, "p50": round(figures.p50, 2), "p99": round(figures.p99, 2)},
        **{"statuses": statuses, "count": count, "seconds": len(requests) / figures.per_second},
        "client_us": client_us,
    }


def bare_batches(home: str, count: int) -> dict[str, Any]:
    from analytics_platform_tests.collector.load import batch

    return _bare(home, [[batch(n * SIZE, SIZE, named=False)] for n in range(count)])


def bare_singles(home: str, count: int) -> dict[str, Any]:
    from analytics_platform_tests.collector.load import batch

    return _bare(home, [[batch(n + i, 1) for i in range(32)] for n in range(0, count, 32)])


def _bare(home: str, groups: list[list[bytes]]) -> dict[str, Any]:
    import os

    import orjson

    with (Path(home) / "bare").open("wb") as file:
        began = time.perf_counter()
        for group in groups:
            for body in group:
                orjson.loads(body)
                file.write(body)
            file.flush()
            os.fsync(file.fileno())
        return {"seconds": time.perf_counter() - began}
