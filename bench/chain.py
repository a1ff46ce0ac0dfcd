"""From a PUT at the front door to the mart, and on to the report, by what make dev runs: collector, daemon, UI, API.

Statements come one after another, as from a learner who works; each is looked for in the published snapshot. The first
is of yesterday, so that yesterday's report is due when its day is published. No run is started from here.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen
from uuid import uuid4

from bench.front_door import make_credential
from bench.homes import initialise, settings_of
from bench.measuring import Result, run_part, temporary_home

SECONDS, STATEMENTS, PATIENCE = 90.0, 5, 400
VERB = {"id": "http://adlnet.gov/expapi/verbs/answered"}


def measure(scale: float) -> list[Result]:
    with temporary_home() as home:
        run_part(initialise, home)
        credential = run_part(make_credential, home).answer
        with everything(home) as url:
            puts = [_arrive(home, url, credential, 1)]  # dbt parses the project in the first run
            for number in range(max(1, round(STATEMENTS * min(1.0, scale)))):
                time.sleep(7 * number)  # at other moments of the sensors' intervals
                puts.append(_arrive(home, url, credential, 0))
            report = _report(home)
    seconds = [one["seconds"] for one in puts[1:]]
    worst = max(seconds)
    steps = {name: [one[name] for one in puts] for name in ("landed", "asked", "started", "ran", "seen")}
    detail = {"seconds": [one["seconds"] for one in puts], "median": median(seconds), **steps}
    said = {"days": report["days"], "after the last PUT": report["seconds"]}
    return [
        Result("put_to_mart", worst, "s", SECONDS, worst / SECONDS, f"value <= {SECONDS:g}", worst <= SECONDS, detail),
        Result("put_to_report", report["at"] - puts[0]["at"], "s", PATIENCE, 0, "it comes", True, said),
    ]


@contextmanager
def everything(home: str) -> Iterator[str]:
    """``make dev`` on free ports; gives the collector's address."""
    names = ("COLLECTOR_PORT", "DAGSTER_PORT", "PAGES_PORT", "API_PORT")
    ports = dict(zip(names, map(str, _free(len(names))), strict=True))
    environment = os.environ | ports | {"PLATFORM_HOME": home, "COLLECTOR_HOST": "127.0.0.1", "LAKE_URL": ""}
    with tempfile.TemporaryFile("w+") as said:
        command = [sys.executable, "-m", "analytics_platform", "dev"]
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        url = f"http://127.0.0.1:{ports['COLLECTOR_PORT']}"
        try:
            _wait(lambda: _answers(f"{url}/health/ready"), "the collector")
            _wait(lambda: _answers(f"http://127.0.0.1:{ports['DAGSTER_PORT']}/server_info"), "the UI")
            yield url
        except TimeoutError as error:
            said.seek(0)
            raise RuntimeError(f"{error} make dev said:\n{said.read()[-6000:]}") from None
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def _arrive(home: str, url: str, credential: str, days_ago: int) -> dict[str, Any]:
    """PUT a statement, wait until a reader sees it, and say when each station had it, in seconds after the PUT."""
    name, at = str(uuid4()), datetime.now(UTC) - timedelta(days=days_ago)
    statement = {
        **{"id": name, "verb": VERB, "timestamp": at.isoformat(), "result": {"response": "Quite well, thank you"}},
        "actor": {"account": {"name": "bench", "homePage": "https://7taps.com"}},
        "object": {"id": "https://courses.example.org/abc123/form/1"},
    }
    headers = {
        "Authorization": f"Basic {b64encode(credential.encode()).decode()}",
        **{"X-Experience-API-Version": "1.0.3", "Content-Type": "application/json"},
    }
    where = f"{url}/xapi/statements?statementId={name}"
    sent = time.time()
    with urlopen(Request(where, json.dumps(statement).encode(), headers, method="PUT")) as answer:
        if answer.status != 204:
            raise RuntimeError(f"The collector answered {answer.status}.")
    run_id = _wait(lambda: _publisher(home, name), f"statement {name} in the mart")
    seen = time.time()
    landed = max(file.stat().st_mtime for file in Path(home).glob("landing/xapi/statements/*/*"))
    made = {key: round(moment - sent, 1) for key, moment in _times(home, run_id).items()}
    times = {"landed": round(landed - sent, 1), **made, "seen": round(seen - sent, 1)}
    print(f"    PUT {datetime.now(UTC):%H:%M:%S}: {times}", flush=True)
    return {"at": sent, "seconds": round(seen - sent, 1), **times}


def _publisher(home: str, statement: str) -> str:
    """The run that published the snapshot in which a statement is; empty where none did."""
    import duckdb

    from analytics_platform.warehouse.publishing import current

    settings = settings_of(home)
    snapshot = current(settings)
    if snapshot is None:
        return ""
    with duckdb.connect(str(settings.published_folder / snapshot.file), read_only=True) as connection:
        rows = connection.execute("select 1 from user_responses where answer_id = ?", [statement]).fetchall()
    return snapshot.build or "?" if rows else ""


def _times(home: str, run_id: str) -> dict[str, float]:
    from analytics_platform.defs.running import dg

    with dg.DagsterInstance.from_config(f"{home}/dagster_home") as instance:
        records = instance.get_run_records(dg.RunsFilter(run_ids=[run_id]))
    found = records[0]
    return {
        "asked": found.create_timestamp.timestamp(),
        "started": found.start_time or 0.0,
        "ran": found.end_time or time.time(),
    }


def _report(home: str) -> dict[str, Any]:
    started = time.time()

    def written() -> list[Path]:
        return list(Path(home).glob("reports/executive/*/about.json"))

    files = _wait(written, "yesterday's report")
    at = max(file.stat().st_mtime for file in files)
    return {"at": at, "seconds": round(time.time() - started, 1), "days": sorted(file.parent.name for file in files)}


def _wait(until: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := until():
            return found
        time.sleep(0.5)
    raise TimeoutError(f"After {PATIENCE} s there is no sign of {what}.")


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


def _free(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
