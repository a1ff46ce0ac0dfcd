"""A warehouse of two small marts, made without dbt: what publishing and reading need."""

import duckdb
import pytest

from analytics_platform.settings import Settings


def fill(settings: Settings, rows: int) -> None:
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(
            "create or replace table user_responses as"
            f" select date '2026-03-01' + i::integer as day, 'answer ' || i as response from range({rows}) t(i)"
        )
        connection.execute("create or replace table users as select 1 as id")


@pytest.fixture
def warehouse(settings: Settings) -> Settings:
    fill(settings, 3)
    return settings
