"""People's own assets read the marts through the resource; settings are shown as resources and can be replaced."""

import dagster as dg
import duckdb
import pytest

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.resources import MartsResource, resources
from analytics_platform.defs.setting_groups import GROUPS, setting_groups, settings_of
from analytics_platform.settings import Settings
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


def test_an_asset_works_with_the_settings_of_its_resource(settings: Settings) -> None:
    seen: list[Settings] = []

    @dg.asset(required_resource_keys={"nocodb", "lake"})
    def pulled(context: dg.AssetExecutionContext) -> None:
        seen.append(settings_of(context, settings, ["nocodb", "lake"]))

    shown = setting_groups(settings)
    assert dg.materialize([pulled], resources=shown).success
    assert seen[0] is settings  # what is shown is what is set
    other = type(shown["nocodb"])(**{**shown["nocodb"].model_dump(), "nocodb_url": "http://nocodb.example"})
    assert dg.materialize([pulled], resources={**shown, "nocodb": other}).success
    assert (seen[1].nocodb_url, seen[1].platform_home) == ("http://nocodb.example", settings.platform_home)
    config = {"resources": {"lake": {"config": {"lake_memory_mb": 500}}}}  # as in the launchpad, for one run
    assert dg.materialize([pulled], resources=shown, run_config=config).success
    assert seen[2].lake_memory_bytes == 500_000_000
    config["resources"]["lake"]["config"]["lake_memory_mb"] = 1
    with pytest.raises(ValueError, match="lake_memory_mb"):
        dg.materialize([pulled], resources=shown, run_config=config)


def test_a_secret_is_shown_as_the_name_of_its_variable(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOCODB_TOKEN", "token-of-the-environment")
    named = Settings(platform_home=settings.platform_home)
    group = setting_groups(named)["nocodb"]
    assert "token-of-the-environment" not in str(group.model_dump())
    seen: list[Settings] = []

    @dg.asset(required_resource_keys={"nocodb"})
    def pulled(context: dg.AssetExecutionContext) -> None:
        seen.append(settings_of(context, named, ["nocodb"]))

    assert dg.materialize([pulled], resources={"nocodb": group}).success
    assert seen[0] is named
    own = Settings(platform_home=settings.platform_home, nocodb_token="token of a .env file")
    monkeypatch.delenv("NOCODB_TOKEN")
    assert setting_groups(own)["nocodb"].over(own) is own


def test_each_group_is_used_by_somebody(settings: Settings) -> None:
    repository = definitions(settings).get_repository_def()
    used = {key for job in repository.get_all_jobs() for op in job.all_node_defs for key in op.required_resource_keys}
    assert set(GROUPS) <= used
