"""Each page over a real snapshot: it opens without an error, and its numbers are those of the marts."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("streamlit", reason="needs the extra [ui]")

import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics_platform.serving.pages.words import FOLDER
from analytics_platform.settings import load
from analytics_platform.warehouse.reader import Reader
from analytics_platform_tests.organisation import Organisation

VIEWS = ("today", "learning", "people", "conversations", "video", "operations", "quality", "explorer", "seven")


@pytest.fixture
def home(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organisation]:
    monkeypatch.setenv("PLATFORM_HOME", str(organisation.settings.home))
    monkeypatch.setenv("PLATFORM_TIMEZONE", organisation.settings.platform_timezone)
    load.cache_clear()
    st.cache_data.clear()
    yield organisation
    load.cache_clear()
    st.cache_data.clear()


def opened(view: str, **address: str) -> AppTest:
    script = f"from analytics_platform.serving.pages.views.{view} import page\npage()\n"
    page = AppTest.from_string(script, default_timeout=120)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def one(home: Organisation, sql: str) -> object:
    with Reader(home.settings) as reader:
        return next(iter(reader.query(sql).to_pylist()[0].values()))


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_opens_without_an_error(view: str, home: Organisation) -> None:
    page = opened(view)
    assert not page.exception
    assert page.title[0].value


def test_today_says_what_needs_somebody(home: Organisation) -> None:
    shown = {metric.label: metric.value for metric in opened("today").metric}
    assert shown["People at risk"] == f"{one(home, 'select count(*) from at_risk_learners'):,}"
    last = one(home, "select max(local_day) from user_activities")
    active = one(home, f"select count(distinct person_id) from user_activities where local_day = date '{last}'")
    assert shown["Active people"] == f"{active:,}"


def test_a_link_shows_who_has_not_started_a_lesson(home: Organisation) -> None:
    cohort = str(one(home, "select min(cohort) from users where is_on_roster"))
    lesson = str(one(home, "select max(lesson_id) from lessons where is_mapped"))
    page = opened("learning", cohort=cohort, lesson=lesson, status="not started")
    assert page.selectbox(key="f_cohort").value == cohort
    wanted = one(
        home,
        f"""select count(*) from users where is_on_roster and cohort = '{cohort}' and person_id not in (
            select person_id from lesson_progress where lesson_id = '{lesson}')""",
    )
    assert max(len(table.value) for table in page.dataframe if "status" in table.value) == wanted


def test_quality_shows_the_ledger(home: Organisation) -> None:
    shown = {metric.label: metric.value for metric in opened("quality", days="3650").metric}
    total = sum(table["total"]["lines"] for table in home.truth["tables"].values())
    assert shown["received"] == f"{total:,}"


def test_a_language_has_no_text_that_english_lacks() -> None:
    english = _keys(FOLDER / "en.toml")
    for path in FOLDER.glob("*.toml"):
        assert _keys(path) <= english, path.name


def _keys(path: Path) -> set[str]:
    return {f"{chapter}.{key}" for chapter, texts in tomllib.loads(path.read_text()).items() for key in texts}
