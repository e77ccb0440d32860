"""Every setting of every public constructor: a value that it does not take is refused in words, whatever its kind."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import pytest

import aioconvo
from aioconvo.sandbox import Sandbox

NO_NUMBERS: tuple[Any, ...] = (True, False, "3", b"3", [3], {}, object(), math.nan, math.inf, -math.inf, -1, -0.5, None)
NO_COUNTS: tuple[Any, ...] = (*NO_NUMBERS, 1.5, 3.0, 10**400, 10**5_000)
NO_TEXT: tuple[Any, ...] = (True, 5, 1.5, b"x", ["x"], {})
NO_OBJECTS: tuple[Any, ...] = (True, 5, "x", object())


def _convore(**settings: Any) -> aioconvo.ConvoreClient:
    return aioconvo.ConvoreClient(**{"api_key": "k", **settings})


def _copy(**settings: Any) -> aioconvo.ConvoreClient:
    return _convore().with_options(**settings)


def _smscx(**settings: Any) -> aioconvo.SmscxClient:
    given = {} if settings.keys() & {"token", "application_id"} else {"api_key": "k"}
    return aioconvo.SmscxClient(**{**given, **settings})


def _application(**settings: Any) -> aioconvo.SmscxClient:
    return aioconvo.SmscxClient(**{"application_id": "a", "application_secret": "s", **settings})


def _sunshine(**settings: Any) -> aioconvo.SunshineClient:
    return aioconvo.SunshineClient(**{"app_id": "a", "key_id": "k", "secret": "s", **settings})


def _program(**settings: Any) -> aioconvo.SunshineClient:
    return aioconvo.SunshineClient(**{"client_id": "a", "client_secret": "s", **settings})


def _smooch(**settings: Any) -> aioconvo.SmoochClient:
    return aioconvo.SmoochClient(**{"app_id": "a", "key_id": "k", "secret": "s", **settings})


def _ultracart(**settings: Any) -> aioconvo.UltraCartClient:
    return aioconvo.UltraCartClient(**{"client_id": "a", "refresh_token": "r", **settings})


def _sqlite(**settings: Any) -> aioconvo.SqliteLimits:
    return aioconvo.SqliteLimits(**{"path": "limits.db", **settings})


def _rate(**settings: Any) -> aioconvo.RateLimit:
    return aioconvo.RateLimit(**{"calls": 1, "seconds": 1.0, **settings})


def _but(values: tuple[Any, ...], *taken: Any) -> tuple[Any, ...]:
    return tuple(value for value in values if not any(value is one for one in taken))


Make = Callable[..., object]
COPIED: dict[str, tuple[Any, ...]] = {
    "timeout": (*_but(NO_NUMBERS, None), 0),
    "deadline": (*_but(NO_NUMBERS, None), 0),
    "max_retries": NO_COUNTS,
    "retry": (*NO_OBJECTS, None),
    "limits": (*NO_OBJECTS, None),
    "headers": (*NO_OBJECTS, None, {5: "x"}, {"X-A": 5}, {"X-A": None}),
    "lane": (*NO_TEXT, None),
    "account": NO_TEXT,
    "hooks": NO_OBJECTS,
}
SETTINGS: dict[Make, dict[str, tuple[Any, ...]]] = {
    aioconvo.SessionPool: {
        "size": (*NO_COUNTS, 0),
        "max_body": (*NO_COUNTS, 0),
        "keepalive": NO_NUMBERS,
        "connect_timeout": (*_but(NO_NUMBERS, None), 0),
        "dns_ttl": NO_NUMBERS,
        "ssl": (True, False, 5, "x", []),
        "proxy": (*NO_TEXT, "", "proxy", "socks5://h:1", "ftp://h"),
        "limit_store": (*NO_OBJECTS, aioconvo.SqliteLimits),
        "clock": (*NO_OBJECTS, None),
    },
    aioconvo.RetryPolicy: {
        "max_retries": NO_COUNTS,
        "backoff": NO_NUMBERS,
        "max_backoff": NO_NUMBERS,
        "max_wait": _but(NO_NUMBERS, math.inf),
        "max_own_wait": _but(NO_NUMBERS, math.inf, None),
        "budget": _but(NO_COUNTS, None),
    },
    _rate: {"calls": (*NO_COUNTS, 0), "seconds": (*NO_NUMBERS, 0)},
    aioconvo.Limits: {
        "rates": (*NO_OBJECTS, None, [1], ["x"], [None], aioconvo.RateLimit(1, 1.0), {}),
        "concurrency": (*_but(NO_COUNTS, None), 0),
    },
    _copy: COPIED,
    _convore: {
        **COPIED,
        "api_key": (*NO_TEXT, "", " ", None),
        "base_url": (True, False, 0, 5, 1.5, b"x", b"", ["x"], [], "", "api.example", "ftp://api.example"),
        "pool": NO_OBJECTS,
        "allow_http": (5, "no", "", None, []),
    },
    _smscx: {"token": (*NO_TEXT, ""), "application_id": (*NO_TEXT, ""), "scope": ("sms",), "base_url": (5, "x")},
    _application: {
        "application_id": (*NO_TEXT, ""),
        "application_secret": (*NO_TEXT, ""),
        "scope": (5, True, b"x", [5], {"a": 1}),
    },
    _sunshine: {
        "app_id": (*NO_TEXT, ""),
        "key_id": (*NO_TEXT, "", None),
        "secret": (*NO_TEXT, "", None),
        "auth": (*NO_TEXT, "", "digest", None),
        "scope": (*NO_TEXT, "", "user", None),
        "region": (*NO_TEXT, "", "mars"),
        "subdomain": (*NO_TEXT, "", "acme.zendesk.com"),
        "base_url": (5, "x"),
        "timeout": (True,),
    },
    _program: {
        "client_id": (*NO_TEXT, "", None),
        "client_secret": (*NO_TEXT, "", None),
    },
    _smooch: {
        "app_id": (*NO_TEXT, ""),
        "auth": (*NO_TEXT, "", "digest", None),
        "scope": (*NO_TEXT, "", "user", None),
        "region": (*NO_TEXT, "", "mars", None),
        "timeout": (True,),
    },
    _ultracart: {
        "client_id": (*NO_TEXT, "", None),
        "refresh_token": (*NO_TEXT, "", None),
        "on_refresh_token": NO_OBJECTS,
        "timeout": (True,),
    },
    Sandbox: {
        "conversations": (*NO_COUNTS, 10_000_001),
        "messages": (*NO_COUNTS, 1_000_001),  # beside ten conversations
        "port": (*NO_COUNTS, 65_536),
        "seed": _but(NO_COUNTS, -1),
        "latency": NO_NUMBERS,
        "faults": (*NO_NUMBERS, 1.5),
        "rate_limit": (*_but(NO_NUMBERS, None), 0),
        "now": (5, "2026-01-01", dt.date(2026, 1, 1), dt.datetime(2026, 1, 1)),  # noqa: DTZ001 -- without a zone
    },
    aioconvo.MemoryLimits: {"clock": (*NO_OBJECTS, None)},
    _sqlite: {"path": (5, True, None, "", ":memory:", []), "since_boot": (*NO_OBJECTS, None)},
}
CASES = [(make, name) for make, names in SETTINGS.items() for name in names]


@pytest.mark.parametrize(("make", "name"), CASES, ids=[f"{make.__name__}-{name}" for make, name in CASES])
def test_a_value_that_is_not_taken_is_refused_in_words(make: Make, name: str) -> None:
    for value in SETTINGS[make][name]:
        try:
            made = make(**{name: value})
        except aioconvo.ConfigurationError as refused:
            told = str(refused)
        else:
            pytest.fail(f"{value!r} is taken: {made}")
        assert any(word in told for word in (name, "header", "path", "exactly one")), (value, told)
        assert " " in told, (value, told)
        assert "object at" not in told, (value, told)
        assert "NoneType" not in told, (value, told)


@pytest.mark.parametrize(
    ("make", "settings"),
    [
        (aioconvo.SessionPool, {"size": 1, "keepalive": 0, "connect_timeout": None, "dns_ttl": 0.0, "proxy": None}),
        (aioconvo.RetryPolicy, {"max_retries": 0, "backoff": 0, "max_wait": math.inf, "budget": None, "max_own_wait": 0}),
        (aioconvo.RateLimit, {"calls": 10**9, "seconds": 1e-9}),
        (aioconvo.Limits, {"rates": (aioconvo.RateLimit(1, 1),), "concurrency": None}),
        (_copy, {"timeout": 1, "deadline": 0.001, "max_retries": 0, "headers": {}, "lane": "", "hooks": None}),
        (Sandbox, {"conversations": 0, "messages": 0, "faults": 1, "rate_limit": 0.5, "seed": -1, "latency": 0}),
    ],
)
def test_the_edges_are_taken(make: Make, settings: dict[str, Any]) -> None:
    make(**settings)
