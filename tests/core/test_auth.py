"""Credentials as headers: what they say, how long they last, and that they show nowhere else."""

from __future__ import annotations

import base64
from typing import Any

import jwt
import pytest

from aioconvo.core.access.auth import Auth, BasicAuth, BearerAuth, HeaderAuth, JWTAuth, NoAuth, sign_jwt
from aioconvo.core.access.key import key_auth
from aioconvo.core.errors import ConfigurationError

NOW = 1_700_000_000.0
SECRET = "canary-" + "s" * 40


def _token(auth: Auth, now: float) -> str:
    headers = auth.headers(now)
    assert headers is not None
    return headers["Authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize(
    ("auth", "headers"),
    [
        (NoAuth(), {}),
        (HeaderAuth("X-API-KEY", "k"), {"X-API-KEY": "k"}),
        (BearerAuth("t"), {"Authorization": "Bearer t"}),
        (BasicAuth("app_1", "a:b"), {"Authorization": "Basic " + base64.b64encode(b"app_1:a:b").decode()}),
    ],
)
def test_fixed_headers(auth: Auth, headers: dict[str, str]) -> None:
    assert auth.headers(0.0) == headers
    assert auth.headers(NOW) == headers


@pytest.mark.parametrize("scope", ["app", "account", "integration"])
def test_a_signed_token_is_what_pyjwt_accepts(scope: str) -> None:
    auth = JWTAuth("app_1", SECRET, scope=scope, lifetime=600.0, renew_before=60.0)
    token = _token(auth, NOW)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "app_1"}
    options: Any = {"require": ["exp"], "verify_exp": False}
    assert jwt.decode(token, SECRET, algorithms=["HS256"], options=options) == {"scope": scope, "exp": int(NOW) + 600}
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, SECRET + "x", algorithms=["HS256"], options=options)


def test_signing_is_the_same_as_pyjwts() -> None:
    claims = {"scope": "app", "exp": 2_000_000_000}
    headers = {"alg": "HS256", "typ": "JWT", "kid": "k-é"}
    ours = sign_jwt(claims, key_id="k-é", secret=SECRET)
    theirs = jwt.encode(claims, SECRET, algorithm="HS256", headers=headers)
    assert jwt.decode(ours, SECRET, algorithms=["HS256"]) == jwt.decode(theirs, SECRET, algorithms=["HS256"])
    assert jwt.get_unverified_header(ours) == jwt.get_unverified_header(theirs)
    assert "=" not in ours


def test_a_token_is_kept_and_renewed_before_it_expires() -> None:
    auth = JWTAuth("app_1", SECRET, lifetime=600.0, renew_before=60.0)
    first = _token(auth, NOW)
    assert _token(auth, NOW + 539.9) == first
    second = _token(auth, NOW + 540.0)
    assert second != first
    options: Any = {"verify_exp": False}
    assert jwt.decode(second, SECRET, algorithms=["HS256"], options=options)["exp"] == int(NOW) + 1140


@pytest.mark.parametrize("back", [61.0, 3600.0, 1e9])
def test_a_clock_that_was_set_back_gets_a_new_token(back: float) -> None:
    auth = JWTAuth("app_1", SECRET, lifetime=600.0, renew_before=60.0)
    first = _token(auth, NOW)
    again = _token(auth, NOW - back)
    assert again != first
    options: Any = {"verify_exp": False}
    expires = jwt.decode(again, SECRET, algorithms=["HS256"], options=options)["exp"]
    assert expires <= NOW - back + 600.0


@pytest.mark.parametrize("skew", [-120.0, 120.0])
def test_a_token_lives_through_two_minutes_of_skew(skew: float) -> None:
    auth = JWTAuth("app_1", SECRET)
    options: Any = {"verify_exp": False}
    for step in range(0, 7200, 60):
        expires = jwt.decode(_token(auth, NOW + step), SECRET, algorithms=["HS256"], options=options)["exp"]
        assert expires > NOW + step + skew


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\0", "\u2028", "é"])
@pytest.mark.parametrize(
    "make",
    [
        lambda value: HeaderAuth("X-API-KEY", value),
        BearerAuth,
        lambda value: BasicAuth(value, "secret"),
        lambda value: BasicAuth("id", value),
        lambda value: JWTAuth(value, "secret"),
        lambda value: JWTAuth("id", value),
    ],
)
def test_a_line_break_is_refused_and_not_quoted(make: Any, end: str) -> None:
    with pytest.raises(ConfigurationError, match="line break") as caught:
        make("canary" + end)
    assert "canary" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="empty"):
        make("")


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="colon"):
        BasicAuth("a:b", "c")
    with pytest.raises(ConfigurationError, match="renew_before"):
        JWTAuth("a", "b", lifetime=60.0, renew_before=60.0)


def test_identities_differ_and_reveal_nothing() -> None:
    every: list[Auth] = [
        NoAuth(),
        HeaderAuth("X-A", "canary"),
        HeaderAuth("X-B", "canary"),
        HeaderAuth("X-A", "canary2"),
        BearerAuth("canary"),
        BasicAuth("id", "canary"),
        BasicAuth("id2", "canary"),
        JWTAuth("id", "canary"),
        JWTAuth("id", "canary", scope="account"),
        JWTAuth("id", "canary2"),
    ]
    assert len({auth.identity for auth in every}) == len(every)
    assert BearerAuth("canary").identity == BearerAuth("canary").identity
    shown = " ".join(auth.identity + repr(auth) + str(auth) for auth in every)
    assert "canary" not in shown
    assert base64.b64encode(b"canary").decode().rstrip("=") not in shown


@pytest.mark.parametrize("beside", [{"key_id": "app_1"}, {"secret": "s"}, {"key_id": "app_1", "secret": "s"}])
def test_a_token_is_given_without_any_part_of_a_key(beside: dict[str, str]) -> None:
    key: dict[str, str | None] = {"key_id": None, "secret": None, **beside}
    with pytest.raises(ConfigurationError, match="either token, or key_id and secret, not both"):
        key_auth(key["key_id"], key["secret"], "t", "basic", "app", scopes=["app"])
