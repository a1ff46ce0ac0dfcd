"""In the control room: a partition that is materialised pulls its day first, the sensor follows and asks for days."""

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from pydantic import SecretStr

from analytics_platform.contracts import TABLES
from analytics_platform.defs.nocodb import nocodb_sensor
from analytics_platform.defs.setting_groups import setting_groups
from analytics_platform.defs.sources import source_assets
from analytics_platform.lake import open_lake
from analytics_platform.operations.waiting import waiting_days
from analytics_platform.settings import Settings
from analytics_platform_tests.connectors.nocodb.standin import TOKEN, NocoDB, message, serving

DAY = datetime.now(UTC).date()


@pytest.fixture
def nocodb() -> Iterator[NocoDB]:
    rows = [message(n, f"{DAY} 00:00:{n:02}+00:00") for n in range(30)]
    with serving(NocoDB({"t_messages": rows})) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, nocodb: NocoDB) -> Settings:
    return Settings(platform_home=tmp_path / "home", nocodb_url=nocodb.url, nocodb_token=SecretStr(TOKEN),
                    nocodb_messages_table="t_messages", nocodb_requests_per_second=0, _env_file=None)  # fmt: skip


def materialize(settings: Settings, tags: dict[str, str] | None = None) -> dg.ExecuteInProcessResult:
    with warnings.catch_warnings(action="ignore", category=dg.BetaWarning):
        assets = [asset for asset in source_assets(settings) if asset.key.path == ["nocodb", "messages"]]
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(assets, partition_key=str(DAY), instance=instance, tags=tags or {}, raise_on_error=False,
                              resources=setting_groups(settings))  # fmt: skip


def test_a_partition_pulls_its_day_first_and_again_adds_nothing(settings: Settings) -> None:
    lake = open_lake(settings)
    for row in (f"| {DAY} | 30 | 30 | 30 | 0 | 0 |", f"| {DAY} | 30 | 30 | 0 | 30 | 0 |"):
        result = materialize(settings)
        assert result.success
        (event,) = result.asset_materializations_for_node("nocodb__messages")
        assert row in str(event.metadata["pulled from NocoDB"].value)
        entry = lake.ledger.read(TABLES["nocodb/messages"], DAY)
        assert entry is not None
        assert (entry.received, entry.stored) == (30, 30)


def test_a_run_that_a_sensor_asked_for_pulls_nothing(settings: Settings, nocodb: NocoDB) -> None:
    assert materialize(settings, {"dagster/sensor_name": "nocodb_changes"}).success
    assert nocodb.requests == 0


def test_a_source_that_does_not_answer_fails_the_partition_with_words(settings: Settings, nocodb: NocoDB) -> None:
    nocodb.tables = {}
    result = materialize(settings)
    assert not result.success
    (event,) = [event for event in result.all_events if event.is_step_failure]
    assert "set NOCODB_MESSAGES_TABLE" in str(event.step_failure_data.error)


def test_the_sensor_lands_what_changed_and_its_days_wait(settings: Settings) -> None:
    sensor = nocodb_sensor(settings)
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    first = sensor(dg.build_sensor_context())
    assert isinstance(first, dg.SensorResult)
    assert f"30 lines landed for {DAY}; the sensor reopened_days asks" in str(first.skip_reason)
    assert list(waiting_days(settings)) == [DAY]
    again = sensor(dg.build_sensor_context())
    assert isinstance(again, dg.SensorResult)
    assert "Nothing was created" in str(again.skip_reason)


def test_without_a_connection_it_is_off(tmp_path: Path) -> None:
    sensor = nocodb_sensor(Settings(platform_home=tmp_path, _env_file=None))
    assert sensor.default_status is dg.DefaultSensorStatus.STOPPED
    result = sensor(dg.build_sensor_context())
    assert isinstance(result, dg.SensorResult)
    assert "No NocoDB is set" in str(result.skip_reason)
