"""Tokens of an issuer at the API: the same roles, cohorts and refusals as keys have."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from analytics_platform.errors import SettingsError
from analytics_platform.semantics import Role
from analytics_platform.semantics.errors import NotAllowed
from analytics_platform.serving.api.access import Access
from analytics_platform.serving.identity import Identities
from analytics_platform.settings import Settings
from analytics_platform.tokens.issuer import subject_id
from analytics_platform_tests.semantics.organisation import CANARIES, HARBOUR, HILL
from analytics_platform_tests.serving.conftest import Served, serve

pytest.importorskip("joserfc", reason="needs joserfc, another implementation of tokens")
from analytics_platform_tests.issuer import AUDIENCE, Issuer, serve_issuer

ROLES = "viewer=everybody,analyst=teachers,admin=data-team"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serve_issuer() as made:
        yield made


@pytest.fixture(scope="module")
def api(seven: Settings, issuer: Issuer) -> Iterator[Served]:
    oidc = {"oidc_issuer": issuer.url, "oidc_audience": AUDIENCE, "oidc_roles": ROLES, "oidc_cohort_claim": "cohorts"}
    with serve(seven.model_copy(update={**oidc, "oidc_role_claim": "realm_access.roles"})) as served:
        yield served


def get(api: Served, path: str, token: str) -> Any:
    return api.client.get(path, headers={"Authorization": f"Bearer {token}"})


def roles(*names: str) -> dict[str, Any]:
    return {"realm_access": {"roles": list(names)}}


def test_a_token_sees_what_its_role_and_cohorts_see(api: Served, issuer: Issuer) -> None:
    teacher = issuer.token(**roles("something", "teachers"), cohorts=[HARBOUR])
    people = get(api, "/api/learning/people", teacher).json()["data"]
    assert {row["cohort"] for row in people} == {HARBOUR}
    assert get(api, "/api/learning/people", issuer.token(**roles("teachers"))).json()["data"] == []
    everybody = issuer.token(**roles("everybody"), cohorts=[HARBOUR, HILL])
    assert get(api, "/api/learning/people", everybody).status_code == 403
    answer = get(api, "/api/learning/themes", everybody).text
    assert not [canary for canary in CANARIES if canary in answer]
    admin = get(api, "/api/learning/people", issuer.token(**roles("everybody", "data-team"))).json()["data"]
    assert {row["cohort"] for row in admin} == {HARBOUR, HILL}
    assert api.get("/api/learning/people", "analyst").status_code == 200, "keys go on"


def test_the_audit_names_a_hash_and_no_person(api: Served, issuer: Issuer) -> None:
    get(api, "/api/learning/people", issuer.token(sub="ann@zanzibar.invalid", **roles("data-team")))
    last = (api.settings.api_folder / "audit.ndjson").read_text().splitlines()[-1]
    assert subject_id(issuer.url, "ann@zanzibar.invalid") in last
    assert "ann@" not in last


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"aud": "https://elsewhere.example"}, 401),
        ({"iss": "https://elsewhere.example"}, 401),
        ({"exp": int(time.time()) - 120}, 401),
        ({"realm_access": {"roles": ["nobody"]}}, 403),
        ({"realm_access": {"roles": "data-team-of-another"}}, 403),
        ({"realm_access": None}, 403),
        ({"realm_access": {"roles": {"admin": True}}, "roles": ["admin"]}, 403),
    ],
)
def test_what_does_not_count(changes: dict[str, Any], status: int, api: Served, issuer: Issuer) -> None:
    answer = get(api, "/api/metrics", issuer.token(**{**roles("data-team"), **changes}))
    assert answer.status_code == status, answer.text
    assert answer.json()["remedy"]
    if status == 401:
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_token_that_was_changed_is_nobodys(api: Served, issuer: Issuer) -> None:
    head, claims, signature = issuer.token(**roles("everybody")).split(".")
    other = issuer.token(**roles("data-team")).split(".")[1]
    assert get(api, "/api/metrics", f"{head}.{other}.{signature}").status_code == 401
    assert get(api, "/api/metrics", f"{head}.{claims}.").status_code == 401


def test_names_of_roles() -> None:
    own = Identities.of(Settings(_env_file=None))
    assert own.viewer("i", {"sub": "a", "roles": ["analyst", "viewer"]}).role is Role.ANALYST
    assert own.viewer("i", {"sub": "a", "roles": "viewer"}).cohorts is None
    with pytest.raises(NotAllowed, match="no role"):
        own.viewer("i", {"sub": "a", "roles": ["admin"]})  # nobody's, unless OIDC_ROLES says whose
    with pytest.raises(SettingsError, match="OIDC_ROLES"):
        Identities.of(Settings(oidc_roles="boss=x", _env_file=None))
    with pytest.raises(SettingsError, match="OIDC_AUDIENCE"):
        Access(Settings(oidc_issuer="https://issuer.example", _env_file=None))
