"""After an update that changed a mart's columns: the failing build names the command, and the command mends it."""

from datetime import date

import duckdb
import pytest
from typer.testing import CliRunner

from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform.warehouse import dbt
from analytics_platform.warehouse.commands import warehouse as app
from analytics_platform.warehouse.publishing import current

pytestmark = pytest.mark.proof


def test_a_warehouse_of_older_columns_is_built_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATFORM_HOME", str(settings.home))
    open_lake(settings).prepare()
    run = CliRunner()
    first = run.invoke(app, ["rebuild"])
    assert first.exit_code == 0, first.output
    with duckdb.connect(str(settings.steps_file)) as connection:
        connection.execute("alter table intermediate.int_user_days drop column identifier_key")
    (result,) = [
        result
        for result in dbt.build(settings, [date(2026, 3, 1)], ["int_user_days"], print)
        if result.unique_id.endswith(".int_user_days")
    ]
    assert "out of sync" in result.message  # what the asset's failure looks for
    again = run.invoke(app, ["rebuild"])
    assert again.exit_code == 0, again.output
    assert "Published" in again.output
    snapshot = current(settings)
    assert snapshot is not None
    assert snapshot.build.startswith("rebuild at ")
    assert snapshot.rows["users"] == 0
