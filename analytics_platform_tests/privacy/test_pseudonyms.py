"""PRIVACY=pseudonymous: published marts without names, addresses and texts; counts, joins, API and pages as before."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from pydantic import ValidationError

from analytics_platform.errors import PrivacyError
from analytics_platform.privacy.identity import behind, resolve
from analytics_platform.privacy.searching import search
from analytics_platform.settings import Settings, load
from analytics_platform.warehouse.pseudonyms import people_file
from analytics_platform.warehouse.publishing import Snapshot, publish
from analytics_platform_tests.privacy.planted import ADDRESS, CANARIES, WORDS
from analytics_platform_tests.serving.conftest import serve
from analytics_platform_tests.serving.test_roles import answered

pytestmark = pytest.mark.proof

SAME = (
    "select count(*), count(distinct person_id) from user_responses",
    "select count(*), count(distinct person_id), count(cohort) from lesson_progress",
    "select sum(active_days), count(distinct identifier) from users join person_identifiers using (person_id)",
    "select count(*), count(distinct actor_key), sum(message_count) from conversations",
    "select source, count(*), count(distinct person_id) from user_activities group by source order by all",
    "select cohort, local_day, count(*) from safety_flags group by all order by all",
)


def published(settings: Settings, build: str) -> Snapshot:
    return publish(settings, build, datetime.now(UTC), lambda _: None)


@pytest.fixture(scope="module")
def pseudonymous(planted: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The canary's warehouse, published without names in another home."""
    home = tmp_path_factory.mktemp("pseudonymous") / "home"
    shutil.copytree(planted.home / "warehouse", home / "warehouse")
    settings = planted.model_copy(update={"platform_home": home, "privacy": "pseudonymous"})
    published(settings, "one")
    return settings


def ask(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(settings.published_folder / "marts.duckdb"), read_only=True) as connection:
        found: list[tuple[object, ...]] = connection.execute(sql).fetchall()
    return found


def test_the_published_files_hold_no_name_no_address_no_text(pseudonymous: Settings) -> None:
    assert search(pseudonymous.published_folder, WORDS) == {}
    assert search(people_file(pseudonymous).parent, [ADDRESS])
    assert people_file(pseudonymous).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("sql", SAME)
def test_counts_and_joins_are_those_of_the_full_marts(sql: str, planted: Settings, pseudonymous: Settings) -> None:
    found = ask(pseudonymous, sql)
    assert found
    assert found == ask(planted, sql)


def test_who_stands_behind_a_pseudonym_is_known_apart(pseudonymous: Settings, planted: Settings) -> None:
    person = resolve(pseudonymous, ADDRESS)
    assert person.person_id == resolve(planted, ADDRESS).person_id
    assert CANARIES["name"] in person.names
    with duckdb.connect(str(people_file(pseudonymous)), read_only=True) as connection:
        row = connection.execute("select pseudonym from users where email = ?", [ADDRESS]).fetchone()
    assert row is not None
    assert behind(pseudonymous, row[0])["full_name"] == CANARIES["name"]
    assert ask(pseudonymous, f"select full_name, email from users where person_id = '{row[0]}'") == [(None, None)]
    with pytest.raises(PrivacyError, match="Nobody is published"):
        behind(pseudonymous, "ps_0")
    assert not people_file(planted).exists()


def test_another_key_gives_other_pseudonyms(pseudonymous: Settings) -> None:
    first = ask(pseudonymous, "select person_id from users order by all")
    key = (pseudonymous.home / "privacy" / "key").read_text().strip()
    turned = Settings(
        platform_home=pseudonymous.home, privacy="pseudonymous", privacy_key=f"another,{key}", _env_file=None
    )
    try:
        published(turned, "two")
        second = ask(turned, "select person_id from users order by all")
        assert len(first) == len(second)
        assert set(first).isdisjoint(second)
    finally:
        published(pseudonymous, "three")
    assert ask(pseudonymous, "select person_id from users order by all") == first


@pytest.mark.parametrize("who", ["admin", "teacher"])
def test_no_role_gets_a_name_from_any_route(who: str, pseudonymous: Settings) -> None:
    with serve(pseudonymous) as served:
        for asked, status, said in answered(served, who):
            assert status < 500, asked
            assert [word for word in WORDS if word.lower() in said.lower()] == [], asked


@pytest.mark.parametrize("view", ["people", "learning", "conversations"])
def test_the_pages_open(view: str, pseudonymous: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("streamlit", reason="needs the extra [ui]")
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("PLATFORM_HOME", str(pseudonymous.home))
    load.cache_clear()
    st.cache_data.clear()
    try:
        script = f"from analytics_platform.serving.pages.views.{view} import page\npage()\n"
        page = AppTest.from_string(script, default_timeout=120).run()
        assert not page.exception
        assert page.title[0].value
    finally:
        load.cache_clear()
        st.cache_data.clear()


def test_bigquery_is_refused_rather_than_published_in_full(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="duckdb only"):
        Settings(
            platform_home=tmp_path, warehouse="bigquery", bigquery_project="p", privacy="pseudonymous", _env_file=None
        )
