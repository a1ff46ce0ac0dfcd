"""``analytics-platform status``: the whole state of an installation on one screen, or as JSON.

Brings together what ``operations`` sees of the data, ``defs.recent`` of runs and checks, ``alerts`` of what is open.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from analytics_platform.alerts.state import Case, State
from analytics_platform.defs.check_states import RedCheck
from analytics_platform.defs.recent import Run, recent
from analytics_platform.operations.assets import Lag
from analytics_platform.operations.status import Status
from analytics_platform.operations.status import status as status_of_data
from analytics_platform.settings import Settings

MOST_SHOWN = 10  # red checks and open alerts on the screen; JSON has all


@dataclass(frozen=True)
class WholeStatus:
    data: Status
    runs: list[Run]
    red_checks: list[RedCheck]
    open_alerts: list[Case]

    def as_json(self) -> dict[str, Any]:
        alerts = [
            {
                "kind": case.alert.kind,
                "severity": case.alert.severity,
                "title": case.alert.title,
                "since": case.opened_at.isoformat(),
            }
            for case in self.open_alerts
        ]
        checks = [asdict(red) for red in self.red_checks]
        return {**self.data.as_json(), "runs": [asdict(run) for run in self.runs], "red_checks": checks, "open": alerts}


def whole_status(settings: Settings, most_runs: int, now: datetime | None = None) -> WholeStatus:
    data = status_of_data(settings, now or datetime.now(UTC))
    runs, red = recent(settings, most_runs)
    return WholeStatus(data, runs, red, State(settings.home).cases(only_open=True, limit=10_000))


def text(found: WholeStatus) -> str:
    """The status for a person: what is wrong can be read without knowing the parts."""
    return "\n\n".join("\n".join(section) for section in _sections(found) if section)


def _sections(found: WholeStatus) -> Iterator[list[str]]:
    data = found.data
    shown = data.published
    if shown is None:
        yield ["Published: nothing yet."]
    else:
        days = f"{shown.first_day} to {shown.last_day}" if shown.first_day else "no day with data"
        counts = f"{shown.marts} marts, {shown.rows:,} rows"
        yield [f"Published: version {shown.snapshot}, {_age(shown.age_hours)} old; {days}; {counts}."]
    yield _grid(
        ("waits at", "days", "from", "to"),
        [(step.step, step.waiting, step.first_waiting, step.last_waiting) for step in data.steps],
    )
    yield _grid(
        ("source", "newest lines", "age", "newest day", "not built"),
        [
            (lag.source, (lag.landed_at or "")[:16], _age(lag.hours), lag.last_day, _unbuilt(lag))
            for lag in data.sources
        ],
    )
    yield _grid(
        ("asset", "days", "missing", "from", "to"),
        [(one.asset, one.days, one.missing, one.first, one.last) for one in data.assets],
    )
    yield (
        _grid(
            ("last runs", "status", "days", "started (UTC)", "seconds"),
            [(run.job, run.status, run.days, run.started_at[:16], run.seconds) for run in found.runs],
        )
        if found.runs
        else ["Last runs: none yet."]
    )
    yield _some(
        "red checks",
        [
            f"{'BLOCKS' if red.blocks else 'warns '}  {red.check} of {red.asset}: {red.message}"
            for red in found.red_checks
        ],
    )
    yield _some(
        "open alerts",
        [
            f"{one.alert.severity:8}  {one.alert.title} (since {one.opened_at:%Y-%m-%d %H:%M})"
            for one in found.open_alerts
        ],
    )
    disk = data.disk
    largest = ", ".join(f"{name} {_size(size)}" for name, size in list(disk.folders.items())[:6])
    yield [f"Disk: {_size(disk.free)} of {_size(disk.total)} free; used here: {largest or 'nothing'}."]


def _some(name: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return [f"{name.capitalize()}: none."]
    width = shutil.get_terminal_size((120, 24)).columns
    short = [line if len(line) < width - 2 else f"{line[: width - 3]}…" for line in lines[:MOST_SHOWN]]
    more = [f"  … and {len(lines) - MOST_SHOWN} more (--json)"] if len(lines) > MOST_SHOWN else []
    return [f"{name.capitalize()}: {len(lines)}", *(f"  {line}" for line in short), *more]


def _grid(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Columns; those of numbers stand to the right."""
    cells = [tuple("" if value is None else str(value) for value in row) for row in rows]
    widths = [max(len(row[place]) for row in (head, *cells)) for place in range(len(head))]
    right = [any(isinstance(row[place], int | float) for row in rows) for place in range(len(head))]
    return [
        "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in (tuple(head), *cells)
    ]


def _age(hours: float | None) -> str | None:
    if hours is None:
        return None
    if hours < 1:
        return f"{max(hours, 0) * 60:.0f} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} days"


def _unbuilt(lag: Lag) -> str:
    files = f"{lag.uncounted_files} {'file' if lag.uncounted_files == 1 else 'files'}" if lag.uncounted_files else ""
    lines = f"{lag.unbuilt_lines:,} lines" if lag.unbuilt_lines else ""
    return " and ".join(filter(None, (lines, files)))


def _size(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB" if size >= 1 << 30 else f"{size / (1 << 20):.1f} MB"
