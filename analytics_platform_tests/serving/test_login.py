"""Signing in to the pages: the same roles as at the API, no role no page, nobody from elsewhere without a login."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("streamlit", reason="the pages are the extra ui")
from streamlit.testing.v1 import AppTest

from analytics_platform.errors import SettingsError
from analytics_platform.serving.pages import login
from analytics_platform.serving.pages.launch import arguments, check_login
from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.organisation import HARBOUR

WHOLE = """
[auth]
redirect_uri = "https://pages.example.org/oauth2callback"
cookie_secret = "not a secret, a test of one"
client_id = "pages"
client_secret = "not a secret, a test of one"
server_metadata_url = "https://issuer.example.org/.well-known/openid-configuration"
"""


def script() -> None:
    import streamlit as st

    from analytics_platform.serving.pages import login
    from analytics_platform.settings import Settings

    login.enter(Settings(pages_login_file="x", oidc_cohort_claim="cohorts", _env_file=None))
    viewer = st.session_state["viewer"]
    st.text(f"{viewer.role.value} {viewer.cohorts} {viewer.name[:2]}")


def seen(claims: Mapping[str, Any] | None, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(login, "signed_in", lambda: claims)
    page = AppTest.from_function(script, default_timeout=60).run()
    assert not page.exception
    return page


def test_nobody_sees_a_page_before_signing_in(monkeypatch: pytest.MonkeyPatch) -> None:
    page = seen(None, monkeypatch)
    assert [button.label for button in page.button] == ["Sign in"]
    assert not page.text
    assert "viewer" not in page.session_state


def test_claims_are_a_role_and_cohorts(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {"iss": "https://issuer.example.org", "sub": "ann", "roles": ["analyst"], "cohorts": [HARBOUR]}
    assert seen(claims, monkeypatch).text[0].value == f"analyst ('{HARBOUR}',) t-"
    assert seen({**claims, "cohorts": None}, monkeypatch).text[0].value == "analyst () t-"


def test_without_a_role_there_is_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    page = seen({"iss": "i", "sub": "ann", "roles": ["admin"]}, monkeypatch)
    assert "may not look" in page.error[0].value
    assert [button.label for button in page.button] == ["Sign out"]
    assert not page.text


def test_what_starts_is_what_can_work(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    with pytest.raises(SettingsError, match="there is no login"):
        check_login(Settings(pages_host="0.0.0.0", _env_file=None))
    check_login(Settings(_env_file=None))
    with pytest.raises(SettingsError, match="cannot be read"):
        check_login(Settings(pages_login_file=str(file), _env_file=None))
    file.write_text(WHOLE.replace("client_id", "other"))
    with pytest.raises(SettingsError, match="lacks client_id"):
        check_login(Settings(pages_login_file=str(file), _env_file=None))
    file.write_text(WHOLE)
    settings = Settings(pages_login_file=str(file), pages_host="0.0.0.0", _env_file=None)
    pytest.importorskip("authlib", reason="Authlib is not installed")
    check_login(settings)
    assert "--secrets.files" in arguments(settings)
