"""Bearer tokens of a loopback issuer, which signs with another library than ours verifies with."""

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from analytics_platform.collector.bearer import Bearer, read_scopes
from analytics_platform.collector.errors import Refusal
from analytics_platform.errors import SettingsError
from analytics_platform.tokens import keys as key_room
from analytics_platform.tokens.issuer import Issuer as Trusted
from analytics_platform.tokens.issuer import subject_id
from analytics_platform.tokens.keys import IssuerAway, Keys
from analytics_platform.tokens.signed import BadToken, Key, Token

from .conftest import VERSION, Collector
from .samples import seven_taps

jose = pytest.importorskip("joserfc", reason="needs joserfc, another implementation of tokens")
from joserfc import jwk, jws  # noqa: E402

from analytics_platform_tests.issuer import AUDIENCE, Issuer, serve_issuer  # noqa: E402


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serve_issuer() as made:
        yield made


@pytest.fixture
def door(start: Callable[..., Collector], issuer: Issuer) -> Collector:
    return start(collector_oidc_issuer=issuer.url, collector_oidc_audience=AUDIENCE)


def ask(door: Collector, token: str, method: str = "GET", **more: Any) -> httpx.Response:
    headers = VERSION | {"Authorization": f"Bearer {token}"}
    return httpx.request(method, f"{door.url}/xapi/statements", headers=headers, **more)


def test_a_token_is_somebody_with_our_scopes(door: Collector, issuer: Issuer) -> None:
    sent = ask(door, issuer.token(), "POST", json=seven_taps())
    assert sent.status_code == 200, sent.text
    [found] = ask(door, issuer.token(iat=None)).json()["statements"]  # another token of the same subject
    assert found["authority"]["account"]["name"] == subject_id(issuer.url, "moodle")
    assert ask(door, issuer.token(sub="another")).json()["statements"] == []  # its own are none
    assert ask(door, issuer.token(scope="write")).status_code == 403
    assert ask(door, issuer.token(scope="admin read_all_of_it")).status_code == 403
    assert len(ask(door, issuer.token(sub="b", scope=None, scp=["read_all"])).json()["statements"]) == 1
    assert door.client.get("/xapi/statements").status_code == 200  # Basic goes on
    assert issuer.asked == 2  # the configuration and the keys, once


def test_a_subject_has_a_rate_whatever_token_it_shows(start: Callable[..., Collector], issuer: Issuer) -> None:
    door = start(collector_oidc_issuer=issuer.url, collector_oidc_audience=AUDIENCE, collector_oidc_rate=0.1)
    codes = [ask(door, issuer.token(jti=str(number))).status_code for number in range(4)]
    assert codes == [200, 429, 429, 429]  # one at once, and then one in ten seconds
    assert ask(door, issuer.token(sub="another")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "https://elsewhere.example"}, "another issuer"),
        ({"aud": "https://elsewhere.example"}, "somebody else"),
        ({"aud": None}, "somebody else"),
        ({"aud": ["https://elsewhere.example"]}, "somebody else"),
        ({"exp": int(time.time()) - 120}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "2099-01-01"}, "expired"),
        ({"nbf": int(time.time()) + 3600}, "not valid yet"),
        ({"iat": int(time.time()) + 3600}, "not valid yet"),
        ({"sub": None}, "whose it is"),
        ({"sub": 7}, "whose it is"),
    ],
)
def test_a_claim_that_does_not_hold(door: Collector, issuer: Issuer, changes: dict[str, Any], why: str) -> None:
    answer = ask(door, issuer.token(**changes))
    assert (answer.status_code, why in answer.text) == (401, True), answer.text
    assert "invalid_token" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("kind", "size", "algorithm"),
    [("RSA", 2048, "PS384"), ("EC", "P-256", "ES256"), ("EC", "P-384", "ES384")],
)
def test_kinds_of_keys(door: Collector, issuer: Issuer, kind: str, size: Any, algorithm: str) -> None:
    issuer.add("two", kind, size)
    assert ask(door, issuer.token("two", algorithm)).status_code == 200
    token = issuer.token("two", algorithm)
    head, claims, signature = token.split(".")
    assert ask(door, f"{head}.{claims}.{signature[:-8]}AAAAAAAA").status_code == 401
    assert ask(door, f"{head}.{claims}x.{signature}").status_code == 401


def test_tricks_with_tokens(issuer: Issuer) -> None:
    public = issuer.keys["one"]
    keys = {"one": must(Key.of(public.as_dict(private=False)))}
    claims = {"iss": issuer.url, "aud": AUDIENCE, "sub": "x", "exp": int(time.time()) + 60}
    start = b".".join(packed(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "one"}, claims))
    by_hmac = hmac.digest(public.as_pem(private=False), start, "sha256")  # the public key as a shared secret
    none = b".".join(packed(json.dumps(part).encode()) for part in ({"alg": "none", "kid": "one"}, claims)) + b"."
    own = jwk.generate_key("RSA", 2048)
    carried = {"alg": "RS256", "kid": "one", "jwk": own.as_dict(private=False)}
    forged = jws.serialize_compact(carried, json.dumps(claims).encode(), own, algorithms=["RS256"], registry=lax())
    for text in ((start + b"." + packed(by_hmac)).decode(), none.decode(), forged):
        with pytest.raises(BadToken):
            Token.of(text).verify(keys)
    for text in ("", "a.b", "a.b.c.d", "...", "x" * 20_000, "e30.e30.\xff", issuer.token() + "="):
        with pytest.raises(BadToken):
            Token.of(text).verify(keys)
    short = rsa.generate_private_key(65537, 1024).public_key().public_numbers().n
    small = {"kty": "RSA", "e": "AQAB", "n": packed(short.to_bytes(128, "big")).decode()}
    assert must(Key.of(small)).algorithms == frozenset()
    only = must(Key.of(public.as_dict(private=False) | {"alg": "RS512"}))
    with pytest.raises(BadToken):
        Token.of(issuer.token()).verify({"one": only})
    Token.of(issuer.token()).verify(keys)
    assert Key.of(issuer.add("enc", use="enc").as_dict(private=False)) is None
    assert Key.of({"kty": "RSA", "n": "AQAB"}) is None
    assert Key.of({"kty": "oct", "k": "AQAB"}) is None


def packed(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")


def lax() -> Any:
    return jws.JWSRegistry(strict_check_header=False, algorithms=["RS256"])


def must(key: Key | None) -> Key:
    assert key is not None
    return key


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def held(keys: Keys, name: str) -> set[str]:
    return set(await keys.holding(name))


@pytest.mark.parametrize("address", ["", "/keys"])
def test_keys_are_fetched_seldom_and_outlive_the_issuer(issuer: Issuer, address: str) -> None:
    import asyncio

    async def story() -> None:
        clock = Clock()
        keys = Keys(issuer.url, address and issuer.url + address, clock)
        each = 1 if address else 2
        assert await held(keys, "one") == {"one"}
        for number in range(50):
            await held(keys, f"invented-{number}")
        assert issuer.asked == each
        issuer.add("new")
        clock.now += 31
        assert await held(keys, "new") == {"one", "new"}  # a new key is known half a minute later
        issuer.away = True
        clock.now += 3600
        assert await held(keys, "one") == {"one", "new"}
        never = Keys("http://127.0.0.1:9", "", clock)
        with pytest.raises(IssuerAway):
            await never.holding("one")
        issuer.away, issuer.name = False, "https://elsewhere.example"
        clock.now += 31
        asked = issuer.asked
        await held(keys, "one")
        assert issuer.asked > asked

    asyncio.run(story())


def test_settings_of_tokens(start: Callable[..., Collector]) -> None:
    assert read_scopes("write=lrs.write, admin=lrs.all") == {"lrs.write": "write", "lrs.all": "admin"}
    assert "admin" not in read_scopes("").values()
    for wrong in ("write", "write=", "everything=x"):
        with pytest.raises(SettingsError, match="COLLECTOR_OIDC_SCOPES"):
            read_scopes(wrong)
    for issuer, audience in (("http://issuer.example.org", AUDIENCE), ("https://issuer.example.org", "")):
        with pytest.raises(SettingsError, match="COLLECTOR_OIDC_AUDIENCE"):
            start(collector_oidc_issuer=issuer, collector_oidc_audience=audience)
    assert not key_room.is_safe("http://10.0.0.1/keys")
    assert ask(start(), "x").status_code == 401


def test_a_wrong_token_says_nothing_of_itself(issuer: Issuer) -> None:
    import asyncio

    bearer = Bearer(Trusted(issuer.url, AUDIENCE, Keys(issuer.url, "")), read_scopes(""))
    with pytest.raises(Refusal) as refused:
        asyncio.run(bearer.verify(issuer.token(sub="ann@example.org", aud="secret-aud")))
    assert "ann@" not in str(refused.value)
    assert "secret-aud" not in str(refused.value)
