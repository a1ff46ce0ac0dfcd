"""What a person clicks in a real Chromium: tabs, buttons and links, one after the other. Needs Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("streamlit", reason="the pages are the extra ui")

from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.serving.browser import DONE, LONGEST, chromium, look, served_pages

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(organisation: Organisation) -> Iterator[Any]:
    """A window that has opened Learning."""
    with chromium() as browser:
        if browser is None:
            pytest.skip("needs Chromium and playwright: apt-get install chromium")
        with served_pages(organisation.settings) as address:
            window = browser.new_context(base_url=address).new_page()
            look(window, f"{address}/learning")
            yield window


def test_each_tab_opens_whichever_was_open_before(page: Any) -> None:
    for name, tab in (("Coming back", "people"), ("Cards", "cards"), ("Answers", "answers"), ("Cards", "cards")):
        page.get_by_role("tab", name=name).click()
        page.wait_for_url(f"**tab={tab}*", timeout=LONGEST)
        page.wait_for_function(DONE, timeout=LONGEST)
        assert page.get_by_role("tab", selected=True).inner_text() == name


def test_a_tile_of_today_leads_to_its_reason_in_the_same_window(page: Any) -> None:
    for _ in range(2):  # whichever tab was open before
        page.get_by_role("link", name="Today").click()
        page.get_by_role("link", name="Incidents").click(timeout=LONGEST)
        page.wait_for_url("**/operations?tab=incidents", timeout=LONGEST)
        page.wait_for_function(DONE, timeout=LONGEST)
        assert page.get_by_role("tab", selected=True).inner_text() == "Incidents"
        page.get_by_role("tab", name="Forecasts").click()
        page.wait_for_url("**tab=forecasts*", timeout=LONGEST)
    assert len(page.context.pages) == 1


def test_a_button_stays_chosen_when_another_filter_changes(page: Any) -> None:
    page.get_by_role("link", name="Learning").click()
    page.get_by_role("radio", name="Not started").click(timeout=LONGEST)
    page.wait_for_url("**status=not+started*", timeout=LONGEST)
    page.wait_for_function(DONE, timeout=LONGEST)
    page.get_by_role("heading").first.click()  # Streamlit's list opens on the second click after a button
    page.get_by_label("Cohort").first.click()
    page.get_by_role("option", name="North / Hill").click(timeout=LONGEST)
    page.wait_for_url("**cohort=North*", timeout=LONGEST)
    page.wait_for_function(DONE, timeout=LONGEST)
    assert page.get_by_role("radio", checked=True).all_inner_texts() == ["Not started"]
    assert "status=not+started" in page.url
