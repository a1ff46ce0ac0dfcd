"""People's own assets read the marts through the resource, and an error in one leaves no file open."""

import dagster as dg
import duckdb
import pytest

from analytics_platform.defs.resources import MartsResource, resources
from analytics_platform_tests.organisation import Organisation


def test_an_asset_of_ones_own_reads_the_marts(organisation: Organisation) -> None:
    found: list[int] = []

    @dg.asset
    def people(marts: MartsResource) -> None:
        with marts.get_connection() as connection:
            found.extend(row[0] for row in connection.execute("select count(*) from users").fetchall())

    done = dg.materialize([people], resources=resources(organisation.settings))
    assert done.success
    assert found[0] > 0


def test_nobody_writes_through_it_and_an_error_closes_it(organisation: Organisation) -> None:
    marts = resources(organisation.settings)["marts"]
    assert isinstance(marts, MartsResource)
    with pytest.raises(duckdb.Error), marts.get_connection() as connection:
        connection.execute("drop table users")
    with pytest.raises(duckdb.Error):
        connection.execute("select 1")
