"""analytics-platform doctor: settings, folders, connections; each line says what is wrong and what to do.

Examines only; it changes nothing but a probe file that it removes again.
"""

import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import typer

from analytics_platform.errors import PlatformError
from analytics_platform.settings import Settings, load
from analytics_platform.warehouse.engine import open_warehouse

Finding = tuple[bool, str]
ENOUGH_DISK = 2 << 30


def examine() -> bool:
    """Print a line per check; true when all are well."""
    try:
        settings = load()
    except PlatformError as error:
        _say((False, str(error)))
        return False
    findings = [finding for check in CHECKS for finding in _examined(check, settings)]
    for finding in findings:
        _say(finding)
    return all(well for well, _ in findings)


def _examined(check: Callable[[Settings], Iterator[Finding]], settings: Settings) -> list[Finding]:
    """What a check finds; a file or folder that stops it is a finding, and the other checks go on."""
    try:
        return list(check(settings))
    except OSError as error:
        return [(False, f"{error.filename or 'A file'}: {error.strerror or error}. Mend this, then look again.")]


def _say(finding: Finding) -> None:
    well, message = finding
    typer.secho(f"{'ok  ' if well else 'FIX '} {message}", fg=None if well else "red")


def _python(_settings: Settings) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield (3, 11) <= sys.version_info[:2] < (3, 14), f"Python {version} (3.11 to 3.13 are supported)"


def _home(settings: Settings) -> Iterator[Finding]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        yield False, f"PLATFORM_HOME {settings.home} cannot be written: {error}. Choose another folder."
        return
    free = shutil.disk_usage(settings.home).free
    yield True, f"PLATFORM_HOME {settings.home} can be written"
    yield free > ENOUGH_DISK, f"{free / (1 << 30):.1f} GiB of disk are free (2 are wanted)"


def _lake(settings: Settings) -> Iterator[Finding]:
    from analytics_platform.contracts import TABLES
    from analytics_platform.lake import open_lake

    try:
        lake, today = open_lake(settings), datetime.now(UTC).date()
        days = len(lake.store.keys("ledger"))
        entries = [entry for table in TABLES.values() for entry in lake.ledger.entries_between(table, today, today, 30)]
    except (OSError, ValueError) as error:
        yield False, f"LAKE_URL {settings.lake_root} cannot be listed: {error}. Check the name and the credentials."
        return
    yield True, f"Lake {settings.lake_root} can be listed ({days} table days in the ledger)"
    early = sum(entry.before_first_day for entry in entries)
    if early:
        first = settings.platform_first_day
        yield True, f"{early} lines of 30 days claim a time before PLATFORM_FIRST_DAY ({first}): dated by their receipt"


def _nocodb(settings: Settings) -> Iterator[Finding]:
    from analytics_platform.connectors.nocodb.pulling import examine as examine_nocodb

    yield from examine_nocodb(settings)


def _pumps(settings: Settings) -> Iterator[Finding]:
    from analytics_platform.lake.pump_status import StatusFile

    for status in StatusFile.of(settings.home).all():
        yield not status.failing, f"Pump {status.line()}"


def _warehouse(settings: Settings) -> Iterator[Finding]:
    yield from open_warehouse(settings).examine()


def _published(settings: Settings) -> Iterator[Finding]:
    try:
        with open_warehouse(settings).reader() as reader:
            yield True, f"Published snapshot {reader.snapshot.file} opens"
    except PlatformError as error:
        yield False, str(error)


def _waiting(settings: Settings) -> Iterator[Finding]:
    from analytics_platform.operations.status import MATERIALIZE, what_waits

    waiting = what_waits(settings)
    for sentence in waiting:
        yield False, f"{sentence}. Run {MATERIALIZE}, or leave it to make dev."
    if not waiting:
        yield True, "Nothing waits: every line is in the published marts"


def _ports(settings: Settings) -> Iterator[Finding]:
    for port, what, setting in (
        (settings.dagster_port, "the Dagster UI", "DAGSTER_PORT"),
        (settings.collector_port, "the collector", "COLLECTOR_PORT"),
    ):
        with socket.socket() as probe:
            used = probe.connect_ex(("127.0.0.1", port)) == 0
        state = f"is in use: stop what listens there, or set {setting}" if used else "is free"
        yield not used, f"Port {port} for {what} {state}"


def _alerts(settings: Settings) -> Iterator[Finding]:
    from analytics_platform.alerts.posting import load_lists
    from analytics_platform.alerts.routes import load_routes
    from analytics_platform.alerts.state import State

    try:
        routes, lists = load_routes(settings), load_lists(settings)
    except PlatformError as error:
        yield False, str(error)
        return
    where = ", ".join(f"{route.name} ({route.channel})" for route in routes) or "nobody"
    yield True, f"Alerts go to {where}; {len(lists)} lists of reports"
    stuck = len(State(settings.home).messages(["undeliverable"]))
    yield not stuck, f"{stuck} alerts could not be delivered{': analytics-platform alerts list' if stuck else ''}"


CHECKS: list[Callable[[Settings], Iterator[Finding]]] = [
    _python,
    _home,
    _lake,
    _nocodb,
    _pumps,
    _warehouse,
    _published,
    _waiting,
    _alerts,
    _ports,
]
