"""Every mart equals the reference: over the demo organisation, and over a story that arrives in several runs."""

import pytest

from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.reference.comparing import Marts
from analytics_platform_tests.reference.delivering import ZONE
from analytics_platform_tests.reference.marts import MARTS, WITHOUT, compare
from analytics_platform_tests.reference.search import Plan, hold, search
from analytics_platform_tests.reference.world import World


def test_each_mart_has_a_reference_or_a_reason_to_have_none():
    marts = {path.stem for path in (PROJECT_ROOT / "dbt_project/models/marts").glob("*.sql")}
    assert marts == {*MARTS, *WITHOUT}
    assert not set(MARTS) & set(WITHOUT)


@pytest.fixture(scope="module")
def simulated(organisation: Organisation) -> tuple[Marts, World]:
    home = organisation.settings.home
    (snapshot,) = sorted((home / "published").glob("marts-*.duckdb"))[-1:]
    return Marts(snapshot), World(home, organisation.settings.platform_timezone)


@pytest.mark.parametrize("mart", MARTS)
def test_the_demo_organisation(simulated, mart):
    found = compare(*simulated, [mart])
    assert not found, "\n".join(str(one) for one in found[:12])


@pytest.mark.proof
def test_a_story_of_every_system_that_arrives_in_two_runs(make_warehouse):
    hold(Plan(seed=1, runs=2), make_warehouse(platform_timezone=ZONE), print)


@pytest.mark.proof
def test_a_drawn_story(make_warehouse):
    search(lambda: make_warehouse(platform_timezone=ZONE), rounds=1, seed=14)
