"""The pump: lands a batch, then lets its source note it; repeats after a crash; tries again, ever more seldom."""

import logging
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.cli import app
from analytics_platform.errors import LakeError
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.pump import Batch, Pump, backoff
from analytics_platform.lake.pump_status import Lag, StatusFile, prometheus
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, statement


class Numbers:
    """A source of numbered statements, two a batch; it can break at a place, or forget to note."""

    name = "numbers"
    pause = 0.01

    def __init__(self, count: int) -> None:
        self.count = count
        self.noted = 0
        self.breaks: dict[str, int] = {}
        self.closed = 0

    def trouble(self, step: str) -> None:
        if self.breaks.get(step):
            self.breaks[step] -= 1
            raise LakeError(f"{step} failed")

    def batches(self) -> Generator[Batch, None, None]:
        try:
            while self.noted < self.count:
                self.trouble("batches")
                numbers = range(self.noted, min(self.count, self.noted + 2))
                lines = [RawLine(orjson.dumps(statement(str(n))), NOON) for n in numbers]
                yield Batch([(STATEMENTS, lines)], "test", numbers.stop)
        finally:
            self.closed += 1

    def note(self, position: Any) -> None:
        self.trouble("note")
        self.noted = position

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        return Lag(self.count - self.noted, 1.5)


@pytest.fixture
def file(tmp_path: Path) -> StatusFile:
    return StatusFile.of(tmp_path)


def counts(lake: Lake) -> tuple[int, int, int]:
    (entry,) = lake.build(STATEMENTS, [DAY])
    return entry.received, entry.stored, entry.duplicate


def test_everything_lands_once_and_the_source_knows_it(lake: Lake, file: StatusFile) -> None:
    source = Numbers(5)
    assert Pump(source, lake.landing, file).once() == 5
    assert (source.noted, source.closed) == (5, 1)
    assert counts(lake) == (5, 5, 0)
    assert Pump(source, lake.landing, file).once() == 0
    assert file.read("numbers").lines == 5


def test_a_position_that_was_not_noted_is_landed_again(lake: Lake, file: StatusFile) -> None:
    source = Numbers(5)
    source.breaks = {"note": 1}
    with pytest.raises(LakeError, match="note failed"):
        Pump(source, lake.landing, file).once()
    status = file.read("numbers")
    assert (status.failing, status.last_error, status.lag_lines) == (True, "note failed", 5)
    assert "STANDS STILL" in status.line()
    assert Pump(source, lake.landing, file).once() == 5
    assert counts(lake) == (7, 5, 2)
    status = file.read("numbers")
    assert (status.failing, status.errors, status.lag_lines, status.lines) == (False, 1, 0, 5)
    assert "last error" in status.line()


def test_it_ends_between_two_batches(lake: Lake) -> None:
    source, answers = Numbers(6), iter([False, True])
    assert Pump(source, lake.landing).once(lambda: next(answers)) == 2
    assert (source.noted, source.closed) == (2, 1)


def test_it_goes_on_after_failures_and_says_so_once(lake: Lake, caplog: pytest.LogCaptureFixture) -> None:
    source = Numbers(4)
    source.breaks = {"batches": 3}
    patience = time.monotonic() + 30

    def wait(seconds: float) -> bool:
        time.sleep(seconds)
        return source.noted == 4 or time.monotonic() > patience

    with caplog.at_level(logging.WARNING):
        Pump(source, lake.landing).forever(wait)
    assert counts(lake) == (4, 4, 0)
    assert [record.getMessage() for record in caplog.records] == [
        "The pump numbers stands still, its lines wait: batches failed.",
        "The pump numbers runs again.",
    ]


def test_the_pause_doubles_up_to_a_minute() -> None:
    assert 0.75 <= backoff(1, 1) <= 1
    assert 6 <= backoff(1, 4) <= 8
    assert 45 <= backoff(5, 40) <= 60


def test_figures_as_prometheus_text(lake: Lake, file: StatusFile) -> None:
    Pump(Numbers(3), lake.landing, file).once()
    text = prometheus(file.all())
    assert 'pump_lines_total{pump="numbers"} 3\n' in text
    assert 'pump_lag_lines{pump="numbers"} 0\n' in text
    assert 'pump_failing{pump="numbers"} 0\n' in text


def test_the_command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_module, "load", lambda: settings)
    run = CliRunner()
    assert "No pump has run here yet" in run.invoke(app, ["pump"], catch_exceptions=False).output
    said = run.invoke(app, ["pump", "files", "--once"], catch_exceptions=False).output
    assert said.startswith("0 lines landed. files: well")
    assert "files: well" in run.invoke(app, ["pump"], catch_exceptions=False).output
    assert "There is no pump 'file'; there are" in str(run.invoke(app, ["pump", "file"]).exception)
