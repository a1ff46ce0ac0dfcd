"""The dbt of the other tests, for DuckDB's side."""

from analytics_platform_tests.dbt_project.conftest import dbt, make_warehouse

__all__ = ["dbt", "make_warehouse"]
