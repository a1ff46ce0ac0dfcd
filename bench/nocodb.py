"""Pulling a day of 100,000 exchanges from a NocoDB on loopback into landing, and once more, when nothing is new.

The stand-in runs in a process of its own, has no rate limit, and writes each page as JSON anew. The reference of
pulling is a client that only asks for the same pages, as many at once, and throws them away: the stand-in's own time to
send them. Each pull is a process of its own that has pulled an empty day and landed a line before: starting does not
count.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.measuring import Result, at_most, run_part, temporary_home

ROWS, PER_SECOND, AGAINST_SENDING, ROUNDS = 100_000, 5_000, 1.5, 3
DAY = date(2026, 3, 10)


def measure(scale: float) -> list[Result]:
    rows = max(2_000, round(ROWS * scale))
    command = [sys.executable, "-m", "analytics_platform_tests.connectors.nocodb.standin", str(rows)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as standin:
        port = int((standin.stdout and standin.stdout.readline()) or 0)
        try:
            run_part(send, port, 1_000)  # the stand-in sorts its rows once, as a database has an index
            sending = min(run_part(send, port, rows).answer["seconds"] for _ in range(ROUNDS))
            pulls = []
            for _ in range(ROUNDS):
                with temporary_home() as home:
                    pulls.append((run_part(pull, home, port).answer, run_part(pull, home, port).answer))
        finally:
            standin.kill()
    first, again = (min(one["seconds"] for one in found) for found in zip(*pulls, strict=True))
    cpu = min(one["cpu_seconds"] for one, _ in pulls)
    landed = {
        "landed": pulls[0][0]["landed"],
        "cpu_seconds": round(cpu, 2),
        "again": pulls[0][1]["landed"],
        "again_seconds": round(again, 2),
    }
    rate = rows / first
    return [
        Result(
            "nocodb_pull",
            rate,
            "/s",
            PER_SECOND,
            rate / PER_SECOND,
            f"value >= {PER_SECOND}",
            rate >= PER_SECOND,
            landed,
        ),
        at_most("nocodb_against_sending", first, sending, AGAINST_SENDING),
    ]


def send(port: int, rows: int) -> dict[str, Any]:
    import httpx

    from analytics_platform_tests.connectors.nocodb.standin import TOKEN

    where = "(CreatedAt,gte,exactDate,2026-03-10T00:00:00Z)~and(CreatedAt,lte,exactDate,2026-03-11T00:00:00Z)"
    asked = {"limit": 1000, "where": where, "sort": "CreatedAt,Id"}
    address = "/api/v2/tables/messages/records"
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"xc-token": TOKEN}, timeout=120) as client:

        def get(offset: int) -> int:
            return len(client.get(address, params=asked | {"offset": offset}).content)

        began = time.perf_counter()
        with ThreadPoolExecutor(4) as pool:
            size = sum(pool.map(get, range(0, rows, 1000)))
    return {"seconds": time.perf_counter() - began, "bytes": size}


def pull(home: str, port: int) -> dict[str, Any]:
    from pathlib import Path

    from pydantic import SecretStr

    from analytics_platform.connectors.nocodb import pulling
    from analytics_platform.contracts import TABLES
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.landing import RawLine
    from analytics_platform.settings import Settings
    from analytics_platform_tests.connectors.nocodb.standin import TOKEN

    settings = Settings(platform_home=Path(home), nocodb_url=f"http://127.0.0.1:{port}", nocodb_token=SecretStr(TOKEN),
                        nocodb_messages_table="messages", nocodb_requests_per_second=0, _env_file=None)  # fmt: skip
    # A pump that runs has its modules and its engine.
    messages = TABLES["nocodb/messages"]
    pulling.pull(settings, [(messages, DAY - timedelta(days=1))])
    open_lake(settings).landing.append(messages, [RawLine(b"{}", datetime(2026, 3, 9, tzinfo=UTC))], "bench")
    began, worked = time.perf_counter(), time.process_time()
    (pulled,) = pulling.pull(settings, [(TABLES["nocodb/messages"], DAY)])
    spent = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - worked}
    return spent | {"landed": pulled.landed, "came": pulled.came}
