"""How long a server asks to wait: every form of header in use, and what is none."""

from __future__ import annotations

import datetime as dt
import email.utils
import math
import random
from typing import Any

import pytest
from hypothesis import given, strategies as st
from multidict import CIMultiDict

from aioconvo.core.retry.headers import retry_after

NOW = 1_790_000_000.0
THEN = dt.datetime.fromtimestamp(NOW + 30, dt.UTC)
PAST = dt.datetime.fromtimestamp(NOW - 30, dt.UTC)

VALUES: list[tuple[str, float | None]] = [
    ("30", 30.0),
    (" 30 ", 30.0),
    ("+30", 30.0),
    ("30.0", 30.0),
    ("30.25", 30.25),
    ("3e1", 30.0),
    ("0", 0.0),
    ("-5", 0.0),
    ('"30"', 30.0),
    ("30;comment=x", 30.0),
    ("30, 60", 60.0),
    ("60,30", 60.0),
    ("30, soon", 30.0),
    ("30s", 30.0),
    ("30 s", 30.0),
    ("30S", 30.0),
    ("30 sec", 30.0),
    ("30 seconds", 30.0),
    ("1 second", 1.0),
    ("30000ms", 30.0),
    ("500 milliseconds", 0.5),
    ("250us", 0.00025),
    ("250\u00b5s", 0.00025),
    ("1m30s", 90.0),
    ("1m", 60.0),
    ("1h", 3600.0),
    ("1h2m3.5s", 3723.5),
    ("1h 2m", 3720.0),
    ("2 minutes", 120.0),
    ("1d", 86_400.0),
    ("0s", 0.0),
    ("6m0s", 360.0),
    ("PT30S", 30.0),
    ("PT1M30S", 90.0),
    ("P1DT1H", 90_000.0),
    ("PT1.5S", 1.5),
    ("00:00:30", 30.0),
    ("01:00:30.5", 3630.5),
    (email.utils.format_datetime(THEN, usegmt=True), 30.0),
    (THEN.strftime("%A, %d-%b-%y %H:%M:%S GMT"), 30.0),
    (THEN.strftime("%a %b %d %H:%M:%S %Y"), 30.0),
    (THEN.strftime("%d %b %Y %H:%M:%S +0000"), 30.0),
    (email.utils.format_datetime(PAST, usegmt=True), 0.0),
    (THEN.isoformat(), 30.0),
    (THEN.strftime("%Y-%m-%dT%H:%M:%SZ"), 30.0),
    (THEN.strftime("%Y-%m-%dt%H:%M:%Sz"), 30.0),
    (THEN.strftime("%Y-%m-%dT%H:%M:%S.250Z"), 30.25),
    (THEN.strftime("%Y-%m-%d %H:%M:%S"), 30.0),
    (THEN.strftime("%Y-%m-%d %H:%M:%S UTC"), 30.0),
    (THEN.strftime("%Y%m%dT%H%M%SZ"), 30.0),
    (THEN.astimezone(dt.timezone(dt.timedelta(hours=-7))).isoformat(), 30.0),
    (PAST.isoformat(), 0.0),
    (str(int(NOW + 30)), 30.0),
    (str(NOW + 30.5), 30.5),
    (f"@{int(NOW + 30)}", 30.0),
    (str(int((NOW + 30) * 1e3)), 30.0),
    (str(int((NOW + 30) * 1e6)), 30.0),
    (str(int((NOW + 30) * 1e9)), 30.0),
    (str(int(NOW - 30)), 0.0),
    ("2147483647", 2_147_483_647.0 - NOW),
    ("", None),
    (" ", None),
    ("soon", None),
    ("none", None),
    ("nan", None),
    ("inf", None),
    ("-inf", None),
    ("1e400", None),
    ("1e21", None),
    ("9" * 400, None),
    ("1_0", None),
    ("\u0663\u0660", None),
    ("0x1e", None),
    ("30 parsecs", None),
    ("30 s or so", None),
    ("1..5s", None),
    ("PT", None),
    ("P", None),
    ("PT1..5S", None),
    ("PT.S", None),
    ("2026-13-45T99:99:99Z", None),
    ("2026-09-21", None),
    ("Tue, 31 Feb 2026 00:00:00 GMT", None),
    ("x" * 70_000, None),
]


@pytest.mark.parametrize(
    "name",
    [
        "Retry-After",
        "retry-after",
        "X-Retry-After",
        "RateLimit-Retry-After",
        "X-RateLimit-Retry-After",
        "X-Rate-Limit-Retry-After",
    ],
)
def test_a_wait_that_is_asked_for(name: str) -> None:
    for text, seconds in VALUES:
        for limited in (True, False):
            assert retry_after(CIMultiDict({name: text}), NOW, limited=limited) == pytest.approx(seconds, abs=1e-4), text


@pytest.mark.parametrize(
    "name",
    [
        "X-RateLimit-Reset",
        "X-Rate-Limit-Reset",
        "x-rate-limit-reset",
        "RateLimit-Reset",
        "X-RateLimit-Reset-Requests",
        "X-RateLimit-Reset-Day",
    ],
)
def test_a_quota_that_is_full_again(name: str) -> None:
    for text, seconds in VALUES:
        assert retry_after(CIMultiDict({name: text}), NOW) == pytest.approx(seconds, abs=1e-4), text
        assert retry_after(CIMultiDict({name: text}), NOW, limited=False) is None, text


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "30000"}, 30.0),
        ({"Retry-After-Milliseconds": "500"}, 0.5),
        ({"x-ms-retry-after-ms": "1500"}, 1.5),
        ({"X-Rate-Limit-Retry-After-Seconds": "30"}, 30.0),
        ({"X-RateLimit-Reset-After": "30"}, 30.0),
        ({"X-RateLimit-Reset-After": "0.25"}, 0.25),
        ({"X-RateLimit-Reset-Ms": "30000"}, 30.0),
        ({"X-RateLimit-Reset-Ms": str(int(NOW * 1000) + 30_000)}, 30.0),
        ({"RetryAfter": "30"}, 30.0),
        ({"X-Shop-Retry-After": "30"}, 30.0),
        ({"X-App-Rate-Limit-Reset": "30"}, 30.0),
        ({"X-RateLimit-ResetAt": str(int(NOW) + 30)}, 30.0),
        ({"X-RateLimit-Minute-Reset": "30", "X-RateLimit-Day-Reset": "900", "X-RateLimit-Minute-Remaining": "0"}, 30.0),
        ({"anthropic-ratelimit-requests-reset": dt.datetime.fromtimestamp(NOW + 30, dt.UTC).isoformat()}, 30.0),
        ({"RateLimit": '"default";r=0;t=30'}, 30.0),
        ({"RateLimit": "default;r=0;t=30"}, 30.0),
        ({"RateLimit": '"a";r=0;t=30, "b";r=0;t=60'}, 60.0),
        ({"RateLimit": '"a";r=0;t=30, "b";r=7;t=3600'}, 30.0),
        ({"RateLimit": '"a";r=7;t=30, "b";r=8;t=60'}, 60.0),
        ({"RateLimit": '"a, b; t=9";r=0;t=30'}, 30.0),
        ({"RateLimit": '"default"; r=0 ; t=30;pk=:cHsdsRa894==:'}, 30.0),
        ({"RateLimit": '"default";r=0'}, None),
        ({"RateLimit": "limit=100, remaining=0, reset=30"}, 30.0),
        ({"RateLimit": "limit=100,remaining=0,reset=30"}, 30.0),
        ({"RateLimit": "r=0; t=30"}, 30.0),
        ({"RateLimit": "100"}, None),
        ({"RateLimit-Policy": '"default";q=100;w=60'}, None),
        ({"RateLimit-Policy": "100;w=60"}, None),
        ({"RateLimit-Limit": "100, 100;w=60", "RateLimit-Remaining": "0", "RateLimit-Reset": "30"}, 30.0),
        ({"RateLimit-Policy": '"default";q=100;w=60', "RateLimit": '"default";r=0;t=30'}, 30.0),
        ({"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0"}, None),
        ({"Zendesk-RateLimit-Tickets-Index": "total=100; remaining=0; resets=30"}, 30.0),
        (
            {
                "Zendesk-RateLimit-Tickets-Index": "total=100; remaining=50; resets=300",
                "Zendesk-RateLimit-Search": "total=100; remaining=0; resets=30",
            },
            30.0,
        ),
        (
            {
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "1m30s",
                "x-ratelimit-remaining-tokens": "9",
                "x-ratelimit-reset-tokens": "1h",
            },
            90.0,
        ),
        ({"X-RateLimit-Reset": "60", "X-RateLimit-Reset-After": "30"}, 60.0),
        ({"X-Request-Id": "30", "Age": "30", "Expires": "30"}, None),
        ({"Retry-After": "3", "X-Retry-After": "60", "X-RateLimit-Reset": "45", "retry-after-ms": "9000"}, 3.0),
        ({"Retry-After": "0", "X-RateLimit-Reset": "45"}, 0.0),
        ({"Retry-After": "soon", "retry-after-ms": "9000", "X-RateLimit-Reset": "45"}, 9.0),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "45"}, 45.0),
    ],
)
def test_headers_together(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(CIMultiDict(headers), NOW) == seconds


def test_a_header_that_comes_twice() -> None:
    assert retry_after(CIMultiDict([("Retry-After", "30"), ("Retry-After", "60")]), NOW) == 60.0
    assert retry_after(CIMultiDict([("RateLimit", '"a";r=0;t=30'), ("RateLimit", '"b";r=0;t=60')]), NOW) == 60.0


@pytest.mark.parametrize("ahead", [-86_400.0, -10.0, 10.0, 86_400.0])
def test_moments_count_from_the_servers_own_clock(ahead: float) -> None:
    then = dt.datetime.fromtimestamp(NOW + ahead + 20, dt.UTC)
    date = email.utils.formatdate(NOW + ahead, usegmt=True)
    for text in (then.isoformat(), str(int(then.timestamp())), email.utils.format_datetime(then, usegmt=True)):
        assert retry_after(CIMultiDict({"Date": date, "Retry-After": text}), NOW) == 20.0
    assert retry_after(CIMultiDict({"Date": date, "Retry-After": "20s"}), NOW) == 20.0


_NAMES = st.sampled_from(
    [
        "Retry-After",
        "retry-after-ms",
        "X-RateLimit-Reset",
        "X-RateLimit-Reset-After",
        "RateLimit",
        "Zendesk-RateLimit-X",
        "Date",
    ]
)
_TEXTS = (
    st.text(max_size=40)
    | st.text('0123456789.,;:="smhdtrPTZ +-@eE', max_size=40)
    | st.sampled_from([text for text, _ in VALUES])
)


@given(st.lists(st.tuples(_NAMES, _TEXTS), max_size=5), st.floats(0, 1e11))
def test_whatever_comes_it_is_a_wait_or_nothing(headers: list[tuple[str, str]], now: float) -> None:
    given_headers: Any = CIMultiDict(headers)
    for limited in (True, False):
        wait = retry_after(given_headers, now, limited=limited)
        assert wait is None or (wait >= 0.0 and math.isfinite(wait))


def _spoiled(text: str, draw: random.Random) -> str:
    """The text with one to three of its characters lost, doubled or replaced."""
    characters = list(text)
    for _ in range(draw.randint(1, 3)):
        place = draw.randrange(len(characters) + 1)
        characters[place : place + 1] = draw.choice(["", 2 * "".join(characters[place : place + 1]), draw.choice(_SPOILS)])
    return "".join(characters)


_SPOILS = "0123456789 .,;:+-eEPTZsmhd\u0663\ud83d"


def test_ten_thousand_spoiled_values_are_waits_or_nothing() -> None:
    """R7: every form in use, and what is none, a little out of form."""
    draw, texts = random.Random(7), [text for text, _ in VALUES if len(text) < 300]  # noqa: S311 -- repeatable
    values = {_spoiled(draw.choice(texts), draw) for _ in range(16_000)}
    waits = [retry_after(CIMultiDict({"Retry-After": value}), NOW) for value in values]
    read = [wait for wait in waits if wait is not None]
    assert all(wait >= 0.0 and math.isfinite(wait) for wait in read)
    assert len(waits) >= 10_000
    assert len(waits) / 5 < len(read) < len(waits) / 2  # near enough to what is read to reach every reader


@given(st.integers(0, 10**8), st.sampled_from([("", 1), ("s", 1), (" seconds", 1), ("ms", 0.001), ("m", 60), ("h", 3600)]))
def test_units_multiply(number: int, unit: tuple[str, float]) -> None:
    assert retry_after(CIMultiDict({"Retry-After": f"{number}{unit[0]}"}), NOW) == pytest.approx(number * unit[1])


@given(st.integers(0, 10**7), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_unix_times_of_any_precision(seconds: int, precision: int) -> None:
    moment = (int(NOW) + seconds) * precision
    assert retry_after(CIMultiDict({"X-RateLimit-Reset": str(moment)}), NOW) == pytest.approx(seconds, abs=1e-3)
