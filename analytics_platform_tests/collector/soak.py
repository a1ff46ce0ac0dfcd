"""A collector under a steady load with hostile clients beside it, watched from outside; says whether it held.

python -m analytics_platform_tests.collector.soak --minutes 30 --rate 10000

Measured is a normal client, one statement a PUT; batches make up the rate. It holds when the client's p99 is at most
``--p99`` ms, the memory of the serving process is flat, landing never lacks more than the bound, and nothing is
answered by 5xx but the push-back of 503. Exit code 1 when it did not hold.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from .hostile import ALL, Target
from .load import Client, batch, statement

_SIZE = 500  # statements of a batch
_CONNECTIONS = 4
_NORMAL = 8  # connections of the normal client
_FLAT = 1.10, 30  # the last quarter of the time has at most this many times the second quarter's memory, and MB


@dataclass
class Seen:
    """What was measured while it ran."""

    times: list[float] = field(default_factory=list)  # milliseconds of the normal client
    statuses: Counter[int] = field(default_factory=Counter)
    batches: Counter[int] = field(default_factory=Counter)
    hostile: Counter[int] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)  # MB
    lag: list[int] = field(default_factory=list)  # lines
    seconds: float = 0.0

    @property
    def p99(self) -> float:
        return sorted(self.times)[int(len(self.times) * 0.99)] if self.times else 0.0

    @property
    def is_flat(self) -> bool:
        quarter = len(self.memory) // 4
        if not quarter:
            return True
        times, more = _FLAT
        return max(self.memory[-quarter:]) <= max(self.memory[quarter : 2 * quarter]) * times + more

    def verdicts(self, most_p99: float, bound: int) -> dict[str, bool]:
        failed = [
            status for status in (*self.statuses, *self.batches, *self.hostile) if status >= 500 and status != 503
        ]
        return {
            f"p99 of the normal client is at most {most_p99:g} ms": self.p99 <= most_p99,
            "memory is flat": self.is_flat,
            f"landing never lacks more than {bound:,} lines": max(self.lag, default=0) <= bound,
            "nothing is answered by 5xx (503 is push-back)": not failed,
        }

    def report(self) -> str:
        stored = self.batches[200] * _SIZE + self.statuses[204]
        quarter = max(1, len(self.memory) // 4)
        return "\n".join(
            [
                f"{self.seconds:.0f} s; {stored:,} statements acknowledged, {stored / self.seconds:,.0f}/s",
                f"normal client: {len(self.times):,} PUTs, p50 {statistics.median(self.times or [0]):.1f} ms,"
                f" p99 {self.p99:.1f} ms, longest {max(self.times, default=0):.0f} ms, answers {dict(self.statuses)}",
                f"batches: answers {dict(self.batches)}; hostile: {dict(sorted(self.hostile.items()))} (0: cut off)",
                f"memory of the server: {self.memory[0] if self.memory else 0:.0f} MB at first, at most"
                f" {max(self.memory[quarter : 2 * quarter], default=0):.0f} in the second quarter,"
                f" {max(self.memory[-quarter:], default=0):.0f} in the last",
                f"landing lacks at most {max(self.lag, default=0):,} lines,"
                f" {self.lag[-1] if self.lag else 0:,} at the end",
                f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
            ]
        )


async def _batches(client: Client, rate: float, until: float, seen: Seen) -> None:
    """Batches at a steady rate; what is pushed back is counted, and not sent again."""
    bodies = [client.request("POST", "/xapi/statements", batch(n * _SIZE, _SIZE, named=False)) for n in range(20)]
    began, number = time.monotonic(), 0

    async def worker() -> None:
        nonlocal number
        reader, writer = await asyncio.open_connection(*client._address, limit=1 << 24)
        while time.monotonic() < until:
            due, number = began + number * _SIZE / rate, number + 1
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            seen.batches[await _ask(reader, writer, bodies[number % len(bodies)])] += 1
        writer.close()

    await asyncio.gather(*(worker() for _ in range(_CONNECTIONS)))


async def _normal(client: Client, rate: float, until: float, seen: Seen) -> None:
    async def worker(first: float) -> None:
        reader, writer = await asyncio.open_connection(*client._address, limit=1 << 24)
        await asyncio.sleep(first)
        while time.monotonic() < until:
            body = json.dumps(statement(len(seen.times))).encode()
            began = time.perf_counter()
            status = await _ask(
                reader, writer, client.request("PUT", f"/xapi/statements?statementId={uuid.uuid4()}", body)
            )
            seen.times.append((time.perf_counter() - began) * 1000)
            seen.statuses[status] += 1
            await asyncio.sleep(max(0.0, _NORMAL / rate - (time.perf_counter() - began)))
        writer.close()

    await asyncio.gather(*(worker(n / rate) for n in range(_NORMAL)))


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(head[9:12])


def _attack(url: str, credential: str, until: float, answers: Any) -> None:
    async def go() -> Counter[int]:
        target = Target(url, credential)
        tasks = [asyncio.create_task(hostile(target)) for hostile in ALL]
        await asyncio.sleep(max(0.0, until - time.time()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return target.answers

    answers.put(dict(asyncio.run(go())))


async def _watch(url: str, pid: int, until: float, seen: Seen) -> None:
    while time.monotonic() < until:
        status = Path(f"/proc/{pid}/status").read_text()
        seen.memory.append(int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024)
        text = await asyncio.to_thread(lambda: urlopen(f"{url}/metrics", timeout=30).read().decode())
        seen.lag.append(int(float(re.findall(r"(?m)^collector_unshipped_lines (\S+)", text)[0])))
        await asyncio.sleep(2)


def soak(minutes: float, rate: float, puts: float, hostile: bool = True) -> tuple[Seen, int]:
    """Run it in a home of its own; what was seen, and the bound of what landing may lack."""
    from analytics_platform.collector.limits import Limits
    from bench.front_door import front_door, make_credential

    seen = Seen()
    with tempfile.TemporaryDirectory(prefix="soak-") as home:
        door = front_door(home, make_credential(home))
        try:
            context = multiprocessing.get_context("spawn")
            answers, seconds = context.Queue(), minutes * 60
            arguments = (door.url, make_credential(home), time.time() + seconds, answers)
            attacker = context.Process(target=_attack, args=arguments, daemon=True)
            if hostile:
                attacker.start()
            client, began = Client(door.url, door.credential), time.monotonic()
            until = began + seconds

            async def everything() -> None:
                tasks = [_normal(client, puts, until, seen), _watch(door.url, door.process.pid, until, seen)]
                if rate:
                    tasks.append(_batches(client, rate, until, seen))
                await asyncio.gather(*tasks)

            asyncio.run(everything())
            seen.seconds = time.monotonic() - began
            if hostile:
                seen.hostile.update(answers.get(timeout=60))
                attacker.join(timeout=30)
        finally:
            door.close()
    return seen, Limits().unshipped


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=10_000, help="statements a second in batches; 0: none")
    parser.add_argument("--puts", type=float, default=100, help="PUTs a second of the normal client")
    parser.add_argument("--p99", type=float, default=100, help="milliseconds that the normal client may wait")
    parser.add_argument("--alone", action="store_true", help="without hostile clients")
    chosen = parser.parse_args()
    seen, bound = soak(chosen.minutes, chosen.rate, chosen.puts, hostile=not chosen.alone)
    print(seen.report())
    verdicts = seen.verdicts(chosen.p99, bound)
    for words, held in verdicts.items():
        print(f"{'held' if held else 'NOT HELD'}: {words}")
    return 0 if all(verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
