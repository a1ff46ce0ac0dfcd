"""The API over 10,000,000 facts: 50 requests a second, a backfill beside them, 1,000,000 rows as Arrow, its start.

The facts are the published snapshot of PLATFORM_HOME (the demo's, without it), copied by SQL. Requests begin at their
time, whether or not the ones before were answered. A backfill is the daily job of another home on the same cores.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

from bench.homes import initialise, simulate
from bench.measuring import Result, at_most, bench_folder, run_part, temporary_home

FACTS, RATE, SECONDS, ROWS = 10_000_000, 50, 20, 1_000_000
MART_MS, METRIC_MS, BESIDE, ARROW, START_SECONDS, MEMORY_MB = 50.0, 150.0, 1.5, 2.0, 3.0, 600.0
READER_MEMORY = "280MB"  # DuckDB keeps what it has read until it has so much; the process and kept answers have 300
SORTING_MEMORY = "1GB"  # 1,000,000 rows in their order of 10,000,000 facts need more than 280 MB
IDLE = 0.2  # seconds of processor within two
BACKFILL_DAYS, BACKFILL_LINES = 30, 20_000
GROUPS = ("cohort", "source", "lesson_number")
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"metrics": ["active_people"], "grain": "week"},
    {"metrics": ["active_people"], "group_by": ["cohort"], "grain": "month"},
    {"metrics": ["answers", "positive_share"], "grain": "week"},
    {"metrics": ["completion_rate"], "group_by": ["cohort"]},
    {"metrics": ["people_started", "completion_rate"], "group_by": ["lesson_number"]},
    {"metrics": ["conversations", "containment"], "grain": "week"},
    {"metrics": ["messages", "latency_p95"], "group_by": ["model_id"]},
    {"metrics": ["views", "viewers"], "grain": "week"},
    {"metrics": ["sessions", "average_session_seconds"], "grain": "day"},
    {"metrics": ["activities"], "group_by": ["source"]},
)


def measure(scale: float) -> list[Result]:
    with temporary_home() as folder, temporary_home() as other:
        facts = run_part(enlarged, folder, round(FACTS * scale)).answer
        run_part(initialise, other)
        run_part(simulate, other, BACKFILL_DAYS, round(BACKFILL_LINES * scale))
        starts = []
        for _ in range(3):
            with api(folder) as served:
                starts.append(served.started)
        with api(folder) as served:
            cold = run_part(once, served.url, served.key).answer
            marts = _counted(served, "marts")
            metrics = _counted(served, "metrics")
            beside = _beside(other, served)
            memory = served.peak_mb()
        with api(folder, SORTING_MEMORY) as served:
            served.wait_until_idle()
            arrow = run_part(as_arrow, served.url, served.key).answer
            of_arrow = served.peak_mb()
        written = run_part(as_file, folder).answer["seconds"]
    detail = {"facts": facts, "first time of each, ms": cold, **marts}
    return [
        _most("readers_marts_p95", marts["p95"], MART_MS, "ms", detail),
        _most("readers_metrics_p95", metrics["p95"], METRIC_MS, "ms", metrics),
        at_most("readers_beside", beside["p95"], marts["p95"], BESIDE, "ms", beside),
        at_most("readers_arrow", arrow["seconds"], written, ARROW, "s", {**arrow, "peak MB": of_arrow}),
        _most("readers_start", median(starts), START_SECONDS, "s", {"starts": starts}),
        _most("readers_memory", memory, MEMORY_MB, "MB", {"with 1,000,000 rows": of_arrow}),
    ]


def _most(name: str, value: float, limit: float, unit: str, detail: dict[str, Any]) -> Result:
    return Result(name, value, unit, limit, value / limit, f"value <= {limit:g}", value <= limit, detail)


def enlarged(folder: str, facts: int) -> int:
    from analytics_platform.settings import load
    from bench.many_facts import enlarge

    return enlarge(load(), Path(folder), facts)


class Served:
    """The API as a process."""

    def __init__(self, process: "subprocess.Popen[bytes]", url: str, key: str, started: float) -> None:
        self.url, self.key, self.started = url, key, started
        self._process = process

    def peak_mb(self) -> float:
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6)

    def wait_until_idle(self) -> None:
        """Until it has answered the built-in dashboards beforehand, which takes the cores for seconds after a start."""
        before = -1.0
        while (now := self.cpu_seconds()) - before > IDLE:
            before = now
            time.sleep(2)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def api(folder: str, memory: str = READER_MEMORY) -> Iterator[Served]:
    """Its start is counted until /health answers."""
    import httpx

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "PLATFORM_HOME": folder,
        "API_PORT": str(port),
        "API_REQUESTS_PER_MINUTE": "1000000",
        "READER_MEMORY": memory,
    }
    command = [str(Path(sys.executable).parent / "analytics-platform"), "api"]
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).raise_for_status()
                break
            except httpx.HTTPError:
                if process.poll() is not None or time.monotonic() - started > 60:
                    raise
                time.sleep(0.02)
        seconds = round(time.monotonic() - started, 2)
        key = (Path(folder) / "api" / "laptop.key").read_text().strip()
        yield Served(process, f"http://127.0.0.1:{port}", key, seconds)
    finally:
        process.terminate()
        process.wait(30)


def _counted(served: Served, kind: str) -> dict[str, Any]:
    """With the processor time of the API, which says something on a busy machine, too."""
    before = served.cpu_seconds()
    found: dict[str, Any] = run_part(steadily, served.url, served.key, kind).answer
    spent = (served.cpu_seconds() - before) / found["requests"] * 1000
    return {**found, "ms of processor a request": round(spent, 1)}


def _beside(other: str, served: Served) -> dict[str, Any]:
    """The same marts while the daily job of another home runs."""
    command = [
        sys.executable,
        "-c",
        f"from bench.homes import materialise; materialise({other!r}, 0, {BACKFILL_DAYS})",
    ]
    backfill = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(10)  # its imports and the lake's first days
        found = _counted(served, "marts")
        return {**found, "backfill still ran": backfill.poll() is None}
    finally:
        backfill.terminate()
        backfill.wait(60)


def requests(client: Any, kind: str) -> list[tuple[str, dict[str, Any] | None]]:
    """What different people ask: each URL and body is another one."""
    if kind == "metrics":
        return [("/api/metrics/query", question) for question in QUESTIONS]

    def values(path: str, column: str, most: int) -> list[str]:
        rows = client.get(path, params={"limit": 200}).raise_for_status().json()["data"]
        return list(dict.fromkeys(str(row[column]) for row in rows if row[column] is not None))[:most]

    lessons = values("/api/learning/lessons", "lesson_number", 8)
    videos = values("/videos", "video_id", 8)
    people = values("/api/learning/people", "person_id", 40)
    talks = values("/api/conversations", "conversation_id", 40)
    cohorts = values("/api/learning/people?contains=a", "cohort", 4)
    paths = [
        "/api/learning/lessons", "/videos", "/api/learning/questions", "/api/learning/retention",
        "/api/learning/lifecycle?period=week", "/api/analytics/kpis?grain=day", "/api/analytics/errors",
        "/api/incidents?limit=100", "/api/conversations/models?limit=100", "/api/conversations/themes?limit=100",
        *(f"/api/learning/dropoff?lesson={lesson}" for lesson in lessons),
        *(f"/api/learning/progress?limit=100&lesson={lesson}" for lesson in lessons),
        *(f"/api/learning/at-risk?limit=100&cohort={cohort}" for cohort in cohorts),
        *(f"/api/learning/responses?limit=100&cohort={cohort}" for cohort in cohorts),
        *(f"/video/{video}/retention_curve" for video in videos),
        *(f"/video/{video}/engagement_summary?limit=100" for video in videos),
        *(f"/api/learning/people/{person}" for person in people),
        *(f"/api/learning/people/{person}/timeline?limit=100" for person in people),
        *(f"/api/conversations/{talk}" for talk in talks),
    ]  # fmt: skip
    return [(path, None) for path in paths]


def once(url: str, key: str) -> dict[str, float]:
    """Milliseconds of the first answer by route, the slowest first: what nobody has asked before."""
    import httpx

    found: dict[str, float] = {}
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        for kind in ("marts", "metrics"):
            for path, body in requests(client, kind):
                started = time.perf_counter()
                (client.post(path, json=body) if body else client.get(path)).raise_for_status()
                name = json.dumps(body) if body else path.split("?")[0]
                found[name] = max(found.get(name, 0), round((time.perf_counter() - started) * 1000))
    return dict(sorted(found.items(), key=lambda one: -one[1])[:12])


def steadily(url: str, key: str, kind: str) -> dict[str, Any]:
    """RATE requests a second; milliseconds from the time at which each was due."""
    import httpx

    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        wanted = requests(client, kind)

    async def all_of_them() -> list[float]:
        limits = httpx.Limits(max_connections=200)  # who is slower than RATE makes a queue here, and it shows
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=600, limits=limits) as client:
            begin = time.perf_counter()

            async def one(number: int, path: str, body: dict[str, Any] | None) -> float:
                due = begin + number / RATE
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                answer = await (client.post(path, json=body) if body else client.get(path))
                answer.raise_for_status()
                return (time.perf_counter() - due) * 1000

            asked = zip(range(RATE * SECONDS), cycle(wanted), strict=False)
            return list(await asyncio.gather(*(one(number, *what) for number, what in asked)))

    took = sorted(asyncio.run(all_of_them()))
    told = {f"p{share}": round(took[int(len(took) * share / 100)], 1) for share in (50, 95, 99)}
    return {**told, "requests": len(took), "different": len(wanted), "load": round(os.getloadavg()[0], 1)}


def as_arrow(url: str, key: str) -> dict[str, Any]:
    """Best of three."""
    import httpx
    import pyarrow as pa

    best = float("inf")
    for number in range(3):
        started = time.perf_counter()
        answer = httpx.get(
            f"{url}/api/learning/responses",
            params={"format": "arrow", "limit": ROWS - number},  # another question each time: nothing is kept
            headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"},
            timeout=120,
        ).raise_for_status()
        best = min(best, time.perf_counter() - started)
        rows = pa.ipc.open_stream(answer.content).read_all().num_rows
    return {"seconds": best, "rows": rows, "MB": round(len(answer.content) / 1e6)}


def as_file(folder: str) -> dict[str, float]:
    """DuckDB alone: the same rows of the same snapshot into a Parquet file, best of three."""
    import duckdb

    from analytics_platform.semantics import Named
    from analytics_platform.semantics.asking import composed
    from analytics_platform.semantics.registry import registry
    from analytics_platform.semantics.viewers import LOCAL
    from analytics_platform.settings import load
    from analytics_platform.warehouse.engine import open_warehouse

    settings = load().model_copy(update={"platform_home": Path(folder)})
    snapshot = open_warehouse(settings).current()
    assert snapshot is not None
    sql = composed(registry(settings), Named("responses", {}, limit=ROWS), LOCAL, snapshot)[0]
    best = float("inf")
    with duckdb.connect(str(settings.published_folder / snapshot.file), read_only=True) as connection:
        connection.execute("set threads = 2")
        for _ in range(3):
            started = time.perf_counter()
            connection.execute(f"copy ({sql}) to '{bench_folder()}/rows.parquet'")
            best = min(best, time.perf_counter() - started)
    Path(bench_folder(), "rows.parquet").unlink()
    return {"seconds": best}
