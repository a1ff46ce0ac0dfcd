"""Every mart equals the reference: over the demo organisation."""

import pytest

from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.reference.comparing import Marts
from analytics_platform_tests.reference.marts import MARTS, WITHOUT, compare
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
