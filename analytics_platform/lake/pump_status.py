"""What a pump says of itself: lines landed, lag, last error. One small file a pump, ``PLATFORM_HOME/pumps/NAME.json``.

Written by the process that pumps and read by whoever wants to know: the command line, ``doctor``, the collector's
metrics. Numbers and our own error messages only: nothing of what was landed is in here.
"""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson


@dataclass(frozen=True)
class Lag:
    """What waits at the source: lines, and the age of the oldest in seconds; None where the source cannot tell."""

    lines: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class PumpStatus:
    """The figures of one pump since its file was made. ``failing`` is true from an error to the next success."""

    name: str
    lines: int = 0
    landed_at: str | None = None
    lag_lines: int | None = None
    lag_seconds: float | None = None
    failing: bool = False
    errors: int = 0
    last_error: str | None = None
    last_error_at: str | None = None
    at: str | None = None

    def landed(self, lines: int) -> "PumpStatus":
        return replace(self, lines=self.lines + lines, landed_at=_now() if lines else self.landed_at)

    def failed(self, why: str) -> "PumpStatus":
        return replace(self, failing=True, errors=self.errors + 1, last_error=why, last_error_at=_now())

    def well(self) -> "PumpStatus":
        return replace(self, failing=False)

    def lagging(self, lag: Lag) -> "PumpStatus":
        return replace(self, lag_lines=lag.lines, lag_seconds=lag.seconds, at=_now())

    def line(self) -> str:
        """The health line."""
        waits = "unknown" if self.lag_lines is None else f"{self.lag_lines:,}"
        oldest = (
            "" if not self.lag_lines or self.lag_seconds is None else f" (the oldest for {self.lag_seconds:,.0f} s)"
        )
        parts = [
            f"{self.name}: {'STANDS STILL' if self.failing else 'well'}",
            f"{self.lines:,} lines {'sent' if self.name.startswith('forward-') else 'landed'}"
            + (f", the last at {self.landed_at}" if self.landed_at else ""),
            f"waiting {waits}{oldest}",
        ]
        if self.last_error:
            parts.append(f"last error at {self.last_error_at}: {self.last_error}")
        return "; ".join(parts) + f" (as of {self.at or 'never'})"


@dataclass(frozen=True)
class StatusFile:
    """The files of all pumps of one home."""

    folder: Path

    @classmethod
    def of(cls, home: Path) -> "StatusFile":
        return cls(home / "pumps")

    def read(self, name: str) -> PumpStatus:
        """A pump's figures; those of a new one where there is no file or it cannot be read."""
        try:
            return PumpStatus(**orjson.loads((self.folder / f"{name}.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            return PumpStatus(name)

    def write(self, status: PumpStatus) -> None:
        """A disk that is full costs figures, never lines."""
        draft = self.folder / f".{status.name}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(orjson.dumps(asdict(status)))
            draft.replace(self.folder / f"{status.name}.json")
        except OSError:
            draft.unlink(missing_ok=True)

    def all(self) -> list[PumpStatus]:
        return [self.read(file.stem) for file in sorted(self.folder.glob("[a-z]*.json"))]


def prometheus(statuses: Sequence[PumpStatus]) -> str:
    """The figures of all pumps as Prometheus text."""
    figures: dict[str, tuple[str, list[tuple[str, float]]]] = {
        "pump_lines_total": ("counter", [(s.name, s.lines) for s in statuses]),
        "pump_errors_total": ("counter", [(s.name, s.errors) for s in statuses]),
        "pump_failing": ("gauge", [(s.name, int(s.failing)) for s in statuses]),
        "pump_lag_lines": ("gauge", [(s.name, s.lag_lines) for s in statuses if s.lag_lines is not None]),
        "pump_lag_seconds": ("gauge", [(s.name, s.lag_seconds) for s in statuses if s.lag_seconds is not None]),
    }
    lines = []
    for metric, (kind, values) in figures.items():
        lines.append(f"# TYPE {metric} {kind}")
        lines += [f'{metric}{{pump="{name}"}} {value:g}' for name, value in values]
    return "\n".join(lines) + "\n"


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
