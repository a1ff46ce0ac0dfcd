"""Who looks at the pages: whoever sits at this machine, or whoever signed in at the organisation's issuer.

Streamlit signs people in by OpenID Connect (its secrets file, ``PAGES_LOGIN_FILE``) and keeps their claims in a signed
cookie. Roles and cohorts are read as the API reads them (``serving.identity``): no role, no page.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import LOCAL
from analytics_platform.serving.identity import Identities
from analytics_platform.serving.pages.words import say
from analytics_platform.settings import Settings


def enter(settings: Settings) -> None:
    """Set the viewer of this session, or show how to sign in and stop."""
    if not settings.pages_login_file:
        st.session_state.setdefault("viewer", LOCAL)
        return
    claims = signed_in()
    if claims is None:
        st.session_state.pop("viewer", None)
        st.title(say("login.title"), anchor=False)
        st.button(say("login.in"), on_click=st.login, type="primary")
        st.stop()
    try:
        st.session_state["viewer"] = Identities.of(settings).viewer(str(claims.get("iss", "")), claims)
    except PlatformError as error:
        st.session_state.pop("viewer", None)
        st.title(say("login.title"), anchor=False)
        st.error(say("login.no_role", why=str(error)), icon=":material/lock:")
        st.button(say("login.out"), on_click=st.logout)
        st.stop()


def leave(settings: Settings) -> None:
    """The way out, where there was a way in."""
    if settings.pages_login_file:
        st.button(say("login.out"), on_click=st.logout)


def signed_in() -> Mapping[str, Any] | None:
    """The claims of whoever signed in; None for nobody."""
    return st.user.to_dict() if st.user.is_logged_in and st.user.get("sub") else None
