"""axe-core finds no serious fault in any page: light, dark, and as wide as a phone. Needs Chromium and axe-core.

``npm install axe-core`` in the project's folder, or AXE_CORE=…/axe.min.js, and ``apt-get install chromium``.
"""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("streamlit", reason="the pages are the extra ui")

from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.serving.browser import DONE, axe_script, chromium, look, served_pages
from analytics_platform_tests.serving.page_views import addresses

SERIOUS = ("serious", "critical")
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}

# A part that fades in is pale for a moment.
SETTLED = """() => Promise.allSettled(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().iterations !== Infinity).map(one => one.finished))"""

BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def axe() -> str:
    script = axe_script()
    if script is None:
        pytest.skip("needs axe-core: npm install axe-core, or AXE_CORE=…/axe.min.js")
    return script


@pytest.fixture(scope="module")
def browser(axe: str) -> Iterator[Any]:
    with chromium() as found:
        if found is None:
            pytest.skip("needs Chromium and playwright: apt-get install chromium")
        yield found


@pytest.fixture(scope="module")
def address(browser: Any, organisation: Organisation) -> Iterator[str]:
    with served_pages(organisation.settings) as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Any, address: str) -> Iterator[Any]:
    """One window for all views: it is resized and darkened, not opened anew."""
    context = browser.new_context(viewport=WIDE, color_scheme="light")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("view", addresses())
def test_no_page_has_a_serious_fault(view: str, page: Any, axe: str, address: str) -> None:
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    look(page, f"{address}/{view}")
    page.evaluate(axe)
    faults = _faults(page, "light")
    page.set_viewport_size(PHONE)
    faults += _faults(page, "phone")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{BACKGROUND} !== 'rgb(255, 255, 255)'")
    page.wait_for_function(DONE)
    page.set_viewport_size(WIDE)
    faults += _faults(page, "dark")
    assert not faults, "\n".join(faults)


def _faults(page: Any, shape: str) -> list[str]:
    page.evaluate(SETTLED)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert found["passes"], f"{shape}: nothing was looked at"
    return [
        f"{shape}: {fault['id']} ({fault['impact']}): {fault['help']}: {fault['nodes'][0]['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in SERIOUS
    ]
