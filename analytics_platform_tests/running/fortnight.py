"""``python -m analytics_platform_tests.running.fortnight [--days N] [--folder F [--first N]]``: the hard fortnight.

A real code server and daemon run a new installation, day by day on a clock of its own (``clock``), and nothing is
asked for from here: late data, a source's outage, a poisoned file, a killed run, a killed daemon, a power cut, a full
disk, the change to summer time, a mended parser, a roster that renames half of a cohort. At the end it says what does
not hold.
"""

import argparse
import json
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from typing import Any

from analytics_platform.settings import Settings
from analytics_platform_tests.alerts.servers import http_server
from analytics_platform_tests.organisation import share_models
from analytics_platform_tests.running import verdict
from analytics_platform_tests.running.clock import Clock, why_not
from analytics_platform_tests.running.installation import GOOD, PATCHED, Installation
from analytics_platform_tests.running.troubles import DAYS, MENDED_ON, START, Fortnight, mount_small_disk, unmount

ZONE, DISK = "Europe/Berlin", "3g"
KEY = "a key of the fortnight only"


def main() -> None:
    parser = argparse.ArgumentParser(prog="fortnight", description=(__doc__ or "").splitlines()[2])
    parser.add_argument("--days", type=int, default=DAYS, help=f"The first so many of the {DAYS} days.")
    parser.add_argument("--folder", type=Path, help="Where to keep it all; default: a folder that is removed.")
    parser.add_argument("--first", type=int, default=1, help="Go on at this day in a folder that was kept.")
    asked = parser.parse_args()
    if reason := why_not():
        print(f"Left out: {reason}.")
        return
    with ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if asked.folder is None:
            stack.callback(unmount, folder / "disk")
        wrong = fortnight(folder, asked.first, asked.days, stack)
    print("\n".join(f"WRONG: {one}" for one in wrong) or "Everything holds.")
    sys.exit(1 if wrong else 0)


def fortnight(folder: Path, first: int, days: int, stack: ExitStack) -> list[str]:
    started = time.monotonic()
    small_disk = (folder / "disk").is_mount() or mount_small_disk(folder / "disk", DISK)
    hook = stack.enter_context(http_server())
    stack.callback(lambda: _keep(hook.received, folder))
    home, routes = folder / "disk" / "home", folder / "routes.yaml"
    route = {"name": "hook", "channel": "webhook", "url": hook.url, "key": KEY, "group_seconds": 0}
    routes.write_text(json.dumps({"routes": [{**route, "most_per_hour": 100_000}]}))
    variables = {
        **{"PLATFORM_HOME": str(home), "PLATFORM_TIMEZONE": ZONE, "ALERT_ROUTES_FILE": str(routes)},
        **{"PLATFORM_FIRST_DAY": str(START), "LAKE_URL": "", "WAREHOUSE": "duckdb"},
    }
    settings = Settings(
        platform_home=home, platform_timezone=ZONE, platform_first_day=START, alert_routes_file=str(routes),
        lake_url="", warehouse="duckdb", _env_file=None,
    )  # fmt: skip
    if first == 1:
        share_models(settings)
    clock = Clock(
        folder / "clock", datetime.combine(START + timedelta(days=first - 1), day_time(6 if first == 1 else 22), UTC)
    )
    platform = Installation(settings, clock, variables, PATCHED if first <= MENDED_ON else GOOD)
    stack.callback(platform.close)
    platform.start()
    days_of = Fortnight(platform, folder / "prepared", days, small_disk, _say)
    days_of.run(first)
    last = START + timedelta(days=days - 1)
    platform.stop()
    every_day = [START + timedelta(days=number) for number in range(days + 1)]
    received = _keep(hook.received, folder)
    _say(f"{len(received)} alerts and recoveries, {len(platform.falls)} falls {platform.falls}")
    _say(f"{time.monotonic() - started:.0f} s until the end; the clean build now")
    found = [
        *verdict.ledgers(settings),
        *verdict.nothing_waits(settings, last + timedelta(days=1)),
        *verdict.alerts(settings, received),
        *verdict.reports(settings, START, last),
        *verdict.as_built_anew(platform, folder / "clean", every_day),
    ]
    _say(f"{time.monotonic() - started:.0f} s in all")
    for one in days_of.left_out:
        _say(f"left out: {one}")
    return found


def _keep(came: list[Any], folder: Path) -> list[dict[str, Any]]:
    """What was received, now and in earlier parts of this fortnight."""
    file = folder / "received.json"
    kept = json.loads(file.read_bytes()) if file.exists() else []
    kept += [alert for _, body in came for alert in json.loads(body)["alerts"]]
    came.clear()
    file.write_text(json.dumps(kept))
    return list(kept)


def _say(line: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {line}", flush=True)


if __name__ == "__main__":
    main()
