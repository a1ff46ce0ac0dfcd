"""The dbt project's own fixtures: one parse a session, one warehouse a story."""

from analytics_platform_tests.dbt_project.conftest import dbt, make_warehouse

__all__ = ["dbt", "make_warehouse"]
