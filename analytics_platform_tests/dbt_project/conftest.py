"""Fixtures of the dbt project's tests: one parse a session, one warehouse a story."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics_platform_tests.dbt_project.warehouse import Dbt, Warehouse


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dbt]:
    with pytest.MonkeyPatch.context() as environment:
        for name in ("DBT_LAKE_ROOT", "DBT_WAREHOUSE_FILE", "DBT_STEPS_FILE", "DBT_FROM_DAY", "DBT_TO_DAY"):
            environment.setenv(name, "")
        environment.delenv("DBT_TARGET", raising=False)
        yield Dbt(tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="module")
def make_warehouse(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Warehouse]:
    """A new, empty lake and warehouse; variables of the run as arguments."""

    def make(**variables: str) -> Warehouse:
        folder: Path = tmp_path_factory.mktemp("warehouse")
        return Warehouse(dbt, folder, **variables)

    return make
