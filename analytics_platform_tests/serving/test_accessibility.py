"""axe-core finds no serious fault in any page: light, dark, and as wide as a phone. Needs Chromium and axe-core.

``npm install axe-core`` in the project's folder, or AXE_CORE=…/axe.min.js, and ``apt-get install chromium``.
"""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("streamlit", reason="the pages are the extra ui")

from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.serving.browser import axe_script, chromium, look, served_pages
from analytics_platform_tests.serving.test_pages import VIEWS

SERIOUS = ("serious", "critical")
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}

# A part that fades in is pale for a moment.
SETTLED = """() => Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().iterations !== Infinity).map(one => one.finished))"""

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


@pytest.mark.parametrize("shape", LOOKS)
def test_no_page_has_a_serious_fault(shape: str, browser: Any, axe: str, address: str) -> None:
    context = browser.new_context(**LOOKS[shape])
    faults = []
    try:
        for view in VIEWS:
            page = context.new_page()
            look(page, f"{address}/{view}")
            page.evaluate(SETTLED)
            page.evaluate(axe)
            found = page.evaluate("rules => axe.run(document, rules)", RULES)
            assert found["passes"], f"{view}: nothing was looked at"
            faults += [
                f"{view}: {fault['id']} ({fault['impact']}): {fault['help']}: {fault['nodes'][0]['html'][:200]}"
                for fault in found["violations"]
                if fault["impact"] in SERIOUS
            ]
            page.close()
    finally:
        context.close()
    assert not faults, "\n".join(faults)
