"""Which days a build of the marts asks dbt for: the lake's changes, and everything after an update of the models."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform.warehouse import built, dbt
from analytics_platform.warehouse.building import build_marts
from analytics_platform.warehouse.dbt import NodeResult

DAY = date(2026, 3, 1)


def test_other_models_or_variables_build_everything_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Sequence[date]] = []

    def build(_settings: Settings, days: Sequence[date], select: Sequence[str], _log: Any) -> list[NodeResult]:
        asked.append(days)
        for file in (settings.warehouse_file, settings.steps_file):
            file.touch()
        return [NodeResult(f"model.{len(asked)}", "success", 1.0, "", None)]

    def run(own: Settings, *select: str) -> Sequence[date]:
        build_marts(own, [DAY], select, f"build {len(asked)}", print)
        return asked[-1]

    monkeypatch.setattr(dbt, "build", build)
    open_lake(settings).prepare()
    dbt.build_folder(settings).mkdir(parents=True)
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    assert run(settings) == [DAY]  # the first build is of what is asked for
    elsewhere = settings.model_copy(update={"platform_timezone": "Asia/Tokyo"})
    assert run(elsewhere, "users") == []  # local days of all history are others; one mart is not all of them
    assert run(elsewhere) == []
    assert run(elsewhere, "users") == [DAY]
    assert built.read_built(settings).can_be_published
    # A home of before the models were noted.
    built.finish(settings, "an old build", built.read_built(settings).marks)
    assert run(settings) == []
