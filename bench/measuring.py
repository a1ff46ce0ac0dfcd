"""Running parts in processes of their own, with their time and peak memory, and what a result is.

A part is a function of a benchmark's module with plain arguments and a plain answer. The parent stays small and
imports nothing heavy: a child's peak memory begins with that of the process that started it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

THREADS = 2


@dataclass(frozen=True)
class Result:
    """One measured number. ``ratio`` is value / reference; ``met`` is NULL where no limit is set."""

    name: str
    value: float
    unit: str
    reference: float
    ratio: float
    limit: str
    met: bool | None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """What a part took: ``seconds`` of its function, ``wall`` with start and imports, ``peak_mb`` of memory.

    ``cpu`` is processor time with start and imports, which a busy machine changes little.
    """

    seconds: float
    wall: float
    peak_mb: float
    answer: Any
    cpu: float = 0.0


def at_most(
    name: str, value: float, reference: float, limit: float, unit: str = "s", detail: dict[str, Any] | None = None
) -> Result:
    """A result whose ratio must not exceed a limit."""
    ratio = value / reference
    return Result(name, value, unit, reference, ratio, f"ratio <= {limit}", ratio <= limit, detail or {})


def run_part(part: Callable[..., Any], *arguments: Any) -> Measured:
    """Call a function in a new process, and say that it ended. Its output is shown only when it fails."""
    with tempfile.TemporaryFile() as said, tempfile.NamedTemporaryFile(suffix=".json") as answer:
        command = [sys.executable, "-m", "bench.measuring", part.__module__, part.__name__, answer.name]
        started = time.monotonic()
        child = subprocess.Popen([*command, json.dumps(arguments)], stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace")[-4000:]
            raise RuntimeError(f"{part.__module__}.{part.__name__} ended with {child.returncode}. It said:\n{words}")
        seconds, value = json.loads(Path(answer.name).read_text())
    peak = usage.ru_maxrss * 1024 / 1e6
    print(f"    [{time.strftime('%H:%M:%S')}] {part.__name__}: {seconds:.1f} s, {peak:.0f} MB", flush=True)
    return Measured(seconds, wall, peak, value, usage.ru_utime + usage.ru_stime)


def time_python(statement: str, rounds: int = 3) -> float:
    """Median seconds of ``python -c statement``, start of the interpreter included."""
    return median(_timed([sys.executable, "-c", statement]) for _ in range(rounds))


def _timed(command: list[str]) -> float:
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - started


@contextmanager
def temporary_home() -> Iterator[str]:
    """A folder for a PLATFORM_HOME, beside the platform's own, so that it lies on the same disk."""
    base = bench_folder()
    with tempfile.TemporaryDirectory(prefix="home-", dir=base) as folder:
        yield folder


def bench_folder() -> Path:
    from analytics_platform.settings import load

    folder = load().home / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _main(module: str, part: str, answer: str, arguments: str) -> None:
    function = getattr(import_module(module), part)
    values = json.loads(arguments)
    started = time.monotonic()
    value = function(*values)
    seconds = time.monotonic() - started
    if isinstance(value, dict) and "seconds" in value:  # a part that prepares before it measures
        seconds = value["seconds"]
    Path(answer).write_text(json.dumps([seconds, value]))


if __name__ == "__main__":
    _main(*sys.argv[1:])
