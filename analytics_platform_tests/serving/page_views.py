"""One page at a time in Streamlit's own harness over the organisation's snapshot, and what the snapshot itself says."""

from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics_platform.settings import load
from analytics_platform.warehouse.reader import Reader
from analytics_platform_tests.organisation import Organisation

VIEWS = (
    "today",
    "learning",
    "people",
    "conversations",
    "video",
    "operations",
    "quality",
    "explorer",
    "dashboards",
    "seven",
)
# Every tab and list of a page: what one view hides, another shows.
TABS = {
    "learning": ("progress", "cards", "answers", "people"),
    "conversations": ("volume", "topics", "models", "transcript"),
    "operations": ("now", "incidents", "app", "forecasts"),
    "explorer": ("metrics", "marts", "sql"),
}


@pytest.fixture
def home(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organisation]:
    monkeypatch.setenv("PLATFORM_HOME", str(organisation.settings.home))
    monkeypatch.setenv("PLATFORM_TIMEZONE", organisation.settings.platform_timezone)
    load.cache_clear()
    st.cache_data.clear()
    yield organisation
    load.cache_clear()
    st.cache_data.clear()


def addresses() -> list[str]:
    """Every view, and every further tab of it."""
    return [*VIEWS, *(f"{view}?tab={tab}" for view, tabs in TABS.items() for tab in tabs[1:]), "people?list=at_risk"]


def opened(view: str, **address: str) -> AppTest:
    script = f"from analytics_platform.serving.pages.views.{view} import page\npage()\n"
    page = AppTest.from_string(script, default_timeout=120)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def one(home: Organisation, sql: str) -> object:
    with Reader(home.settings) as reader:
        return next(iter(reader.query(sql).to_pylist()[0].values()))


def table(page: AppTest, *columns: str) -> Any:
    """The first table of the page that has these columns."""
    return next(shown.value for shown in page.dataframe if set(columns) <= set(shown.value))
