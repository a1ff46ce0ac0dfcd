"""Shipping to another address than Amazon's: what the collector accepted lands in moto's bucket."""

from collections.abc import Callable
from pathlib import Path

import pytest

from analytics_platform.commands.pumps import open_pump
from analytics_platform.lake import open_lake
from analytics_platform_tests.lake.buckets import BUCKET, KEYS, emulator
from analytics_platform_tests.lines import STATEMENTS

from .conftest import Collector
from .samples import with_id


def test_lines_are_shipped_to_lake_endpoint(
    start: Callable[..., Collector], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "bucket").mkdir()
    with emulator("s3", tmp_path / "bucket") as port:
        collector = start(lake_url=f"s3://{BUCKET}/ships", lake_endpoint=f"http://127.0.0.1:{port}")
        collector.client.post("/xapi/statements", json=[with_id() for _ in range(3)])
        pump = open_pump(collector.settings, "collector")
        assert pump.once() == 3
        assert pump.status.lag_lines == 0
        lake = open_lake(collector.settings)
        assert lake.store.url == f"s3://{BUCKET}/ships"
        assert sum(segment.lines or 0 for segment in lake.landing.segments(STATEMENTS)) == 3
    assert not (collector.settings.home / "landing").exists()
