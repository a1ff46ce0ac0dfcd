"""Sizes beyond a laptop's: ten years of days planned, a day of 10,000 files in a folder and a bucket, a million people.

What docs/size.md calls measured. ``--scale 0.1`` takes a tenth of each. The bucket is moto's, whose own time is in it.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.homes import START, days_from, settings_of, simulate
from bench.measuring import Measured, Result, run_part, temporary_home

if TYPE_CHECKING:
    from analytics_platform.lake.lake import Lake

DAYS, FILES, LINES_OF_A_FILE, PEOPLE = 3_650, 10_000, 50, 1_000_000
TABLE = "xapi/statements"
KEYS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_REGION": "us-east-1"}
KEYS |= {"AWS_EC2_METADATA_DISABLED": "true"}


def measure(scale: float) -> list[Result]:
    days, files, people = (max(10, int(number * scale)) for number in (DAYS, FILES, PEOPLE))
    return [*_planned(days), *_many_files(files), *_many_people(people)]


def _planned(days: int) -> list[Result]:
    with temporary_home() as home:
        run_part(days_with_a_line, home, days)
        run_part(manifest, home)
        part = run_part(plan, home, days)
    found = part.answer
    return [_stated("planning", found["run planned"], "s", part), _stated("sensor_tick", found["tick"], "s", part)]


def _many_files(files: int) -> list[Result]:
    results = []
    with temporary_home() as home:
        run_part(scatter, home, files, "")
        part = run_part(look_and_build, home, "")
        results.append(_stated("files_in_folder", part.answer["built"], "s", part))
    with temporary_home() as home, bucket() as endpoint:
        run_part(scatter, home, files, endpoint)
        part = run_part(look_and_build, home, endpoint)
        results.append(_stated("files_in_bucket", part.answer["built"], "s", part))
    return results


def _many_people(people: int) -> list[Result]:
    with temporary_home() as home:
        lines = run_part(crowd, home, people).answer
        run_part(manifest, home)
        part = run_part(marts_of_people, home)
        part.answer["lines"] = lines
    return [_stated("people", part.answer["seconds"], "s", part)]


def _stated(name: str, value: float, unit: str, part: Measured) -> Result:
    detail = {**part.answer, "peak MB": round(part.peak_mb), "CPU s": round(part.cpu, 1)}
    return Result(name, value, unit, 0, 0, "stated", None, detail)


def days_with_a_line(home: str, days: int) -> int:
    """A segment for each day and table; planning reads none of them."""
    from datetime import UTC, datetime
    from pathlib import Path

    import pyarrow as pa

    from analytics_platform.contracts import TABLES
    from analytics_platform.lake import open_lake

    lake, file = open_lake(settings_of(home)), Path(home, "line.zst")
    for table in TABLES.values():
        for day in days_from(0, days):
            with pa.output_stream(str(file), compression="zstd") as out:
                out.write(f'{{"received_at":"{day}T12:00:00Z","origin":"bench","payload":{{}}}}\n'.encode())
            lake.landing.adopt(table, day, file, 1, datetime.now(UTC), "bench")
    return days * len(TABLES)


def manifest(home: str) -> None:
    """dbt's first parse of the project, which every process but the very first finds."""
    from analytics_platform.warehouse.manifest import manifest_path

    manifest_path(settings_of(home))


def plan(home: str, days: int) -> dict[str, Any]:
    """A run of all days and assets planned, and a look of the sensor that sees that all of them wait."""
    from analytics_platform.defs import running
    from analytics_platform.defs.assemble import definitions
    from analytics_platform.defs.days import RANGE_END, RANGE_START, with_first_partition
    from analytics_platform.defs.instance import prepare_instance

    dg = running.dg
    settings, every, took = settings_of(home), days_from(0, days), dict[str, float]()

    def timed(name: str, since: float) -> None:
        took[name] = round(time.monotonic() - since, 2)
        took[f"{name}, MB so far"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)

    began = time.monotonic()
    defs = definitions(with_first_partition(settings, every))
    job = defs.resolve_job_def("daily")
    timed("definitions", began)
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        sensor = defs.resolve_sensor_def("reopened_days")
        for name in ("tick", "tick again"):
            began = time.monotonic()
            context = dg.build_sensor_context(instance=instance, definitions=defs)
            said = sensor.evaluate_tick(context)
            timed(name, began)
        if not said.run_requests and not said.skip_message:
            raise RuntimeError("The sensor said nothing.")
        began = time.monotonic()
        tags = {RANGE_START: str(every[0]), RANGE_END: str(every[-1])}
        run = instance.create_run_for_job(job, tags=tags)
        timed("run planned", began)
        keys = job.asset_layer.executable_asset_keys
        took |= {"assets of the job": len(keys), "days": days}
        took["events planned"] = len(instance.all_logs(run.run_id))
        began = time.monotonic()
        key = dg.AssetKey(["marts", "user_activities"])
        took["partitions of a mart"] = len(instance.get_materialized_partitions(key))
        timed("status of a mart's partitions", began)
    return took


def open_lake_of(home: str, endpoint: str) -> "Lake":
    from analytics_platform.lake import open_lake

    os.environ.update(KEYS)
    changes = {"lake_url": "s3://lake/platform", "lake_endpoint": endpoint} if endpoint else {}
    return open_lake(settings_of(home).model_copy(update=changes))


def scatter(home: str, files: int, endpoint: str) -> int:
    """A day of statements in so many segments, as twenty collectors leave it that ship every few seconds."""
    from concurrent.futures import ThreadPoolExecutor
    from datetime import datetime, time, timedelta
    from pathlib import Path

    import pyarrow as pa

    from analytics_platform.contracts import TABLES

    simulate(f"{home}/whole", 1, files * LINES_OF_A_FILE, (TABLE,))
    lines: list[bytes] = []
    for segment in sorted(Path(home, "whole", "landing", TABLE).rglob("*.zst")):
        with pa.input_stream(str(segment), compression="zstd") as stream:
            lines += stream.read().splitlines(keepends=True)
    lake, folder = open_lake_of(home, endpoint), Path(home, "segments")
    folder.mkdir()

    def place(number: int) -> None:
        some = lines[number * LINES_OF_A_FILE : (number + 1) * LINES_OF_A_FILE]
        file = folder / f"{number}.zst"
        with pa.output_stream(str(file), compression="zstd") as out:
            out.write(b"".join(some))
        at = datetime.combine(START, time()) + timedelta(seconds=number * 8)
        lake.landing.adopt(TABLES[TABLE], START, file, len(some), at, f"w{number % 20}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(place, range(files)))
    return files


def look_and_build(home: str, endpoint: str) -> dict[str, Any]:
    """The listing by which a day with new lines is found, and the step of the lake."""
    from analytics_platform.contracts import TABLES

    lake, table = open_lake_of(home, endpoint), TABLES[TABLE]
    lake.prepare()
    began = time.monotonic()
    days = lake.ledger.reopened(table, lake.landing)
    looked = time.monotonic() - began
    segments = len(lake.landing.segments(table, START))
    began = time.monotonic()
    (entry,) = lake.build(table, days)
    built = time.monotonic() - began
    return {"looked": round(looked, 2), "built": round(built, 2), "files": segments, "lines": entry.received}


@contextmanager
def bucket() -> Iterator[str]:
    """moto's S3 on loopback with an empty bucket."""
    import socket
    from urllib.error import URLError
    from urllib.request import Request, urlopen

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            endpoint = f"http://127.0.0.1:{port}"
            for _ in range(600):
                try:
                    urlopen(Request(f"{endpoint}/lake", method="PUT")).close()
                    break
                except (URLError, ConnectionError):
                    time.sleep(0.1)
            yield endpoint
        finally:
            process.kill()


def crowd(home: str, people: int) -> int:
    """Two days on which about a million people do something, a few lines each."""
    from analytics_platform.lake import open_lake
    from analytics_platform.simulator import Plan
    from analytics_platform.simulator import simulate as simulate_plan

    lake = open_lake(settings_of(home))
    mix = {TABLE: 0.8, "video/events": 0.2}
    plan = Plan(start=START, people=people, days=2, lines_per_day=2 * people, mix=mix)
    return simulate_plan(plan, lake.landing, lake.store).lines


def marts_of_people(home: str) -> dict[str, Any]:
    """The lake of these days, and then every mart by dbt; seconds are those of dbt."""
    from analytics_platform.contracts import TABLES
    from analytics_platform.lake import open_lake
    from analytics_platform.warehouse.building import build_marts

    settings = settings_of(home)
    lake = open_lake(settings)
    lake.prepare()
    began = time.monotonic()
    for table in TABLES.values():
        lake.build(table, days_from(0, 2))
    lake_seconds = time.monotonic() - began
    began = time.monotonic()
    results = build_marts(settings, [], [], "bench", lambda _line: None)
    seconds = time.monotonic() - began
    if failed := [result for result in results if not result.succeeded]:
        raise RuntimeError(f"dbt failed: {failed[:3]}")
    return {"seconds": round(seconds, 1), "lake": round(lake_seconds, 1), "people": _people(home)}


def _people(home: str) -> int:
    import duckdb

    path = settings_of(home).warehouse_file
    with duckdb.connect(str(path), read_only=True) as connection:
        schema = "select schema_name from duckdb_tables() where table_name = 'users'"
        ((place,),) = connection.execute(schema).fetchall()
        (row,) = connection.execute(f'select count(*) from "{place}".users').fetchall()
    return int(row[0])
