"""When a call is tried again, and how long the server asks to wait."""

from __future__ import annotations

import email.utils
import itertools
import math
from collections.abc import Iterator

import pytest
from hypothesis import given, settings, strategies as st
from multidict import CIMultiDict

from aioconvo.core.errors import ConfigurationError
from aioconvo.core.operations.operation import Effect
from aioconvo.core.retry.headers import retry_after
from aioconvo.core.retry.policy import RETRY_STATUSES, Decision, Outcome, RetryDebts, RetryPolicy, Sent, Verdict
from tests.campaign import examples

NOW = 1_700_000_000.0
RETRIED = (408, 425, 429, 500, 502, 503, 504, 520, 522, 524)
FINAL = (300, 302, 400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422, 423, 451, 501, 505)
OTHER_5XX = (506, 507, 511, 599)
REPEATABLE = (Effect.READ, Effect.IDEMPOTENT)
OUTSIDE = (Effect.UNSAFE, Effect.PAID)

Row = tuple[Outcome, Effect, bool, int, Verdict]


def _answered(status: int, wait: float | None = None) -> Outcome:
    return Outcome(Sent.YES, status, wait)


def _rows() -> Iterator[Row]:
    for effect in REPEATABLE:
        for key in (False, True):
            yield from ((_answered(status), effect, key, 1, Verdict.RETRY) for status in RETRIED)
            yield from ((_answered(status), effect, key, 3, Verdict.RETRY) for status in RETRIED)
            yield from ((_answered(status), effect, key, 4, Verdict.FAIL) for status in RETRIED)
            yield from ((_answered(status), effect, key, 1, Verdict.FAIL) for status in (*FINAL, *OTHER_5XX))
    for effect in OUTSIDE:
        for status in RETRIED:
            refused = status in {425, 429}
            yield _answered(status), effect, False, 1, Verdict.RETRY if refused else Verdict.UNSURE
            yield _answered(status), effect, True, 1, Verdict.RETRY
            yield _answered(status), effect, False, 4, Verdict.FAIL if refused else Verdict.UNSURE
            yield _answered(status), effect, True, 4, Verdict.FAIL if refused else Verdict.UNSURE
        for key in (False, True):
            yield from ((_answered(status), effect, key, 1, Verdict.FAIL) for status in FINAL)
            yield from ((_answered(status), effect, key, 1, Verdict.UNSURE) for status in OTHER_5XX)
    for effect in Effect:
        repeatable = effect in REPEATABLE
        for key in (False, True):
            lost = Outcome(Sent.MAYBE)
            yield Outcome(Sent.NO), effect, key, 1, Verdict.RETRY
            yield Outcome(Sent.NO), effect, key, 4, Verdict.FAIL
            yield lost, effect, key, 1, Verdict.RETRY if repeatable or key else Verdict.UNSURE
            yield lost, effect, key, 4, Verdict.FAIL if repeatable else Verdict.UNSURE
            yield _answered(429, 60.0), effect, key, 1, Verdict.RETRY
            yield _answered(429, 60.001), effect, key, 1, Verdict.FAIL
            yield _answered(503, 60.0), effect, key, 1, Verdict.RETRY if repeatable or key else Verdict.UNSURE
            yield _answered(503, 172_800.0), effect, key, 1, Verdict.FAIL if repeatable else Verdict.UNSURE


ROWS = list(_rows())


def test_the_truth_table() -> None:
    assert len(ROWS) >= 60
    policy = RetryPolicy(max_retries=3, max_wait=60.0)
    for outcome, effect, key, attempt, verdict in ROWS:
        decision = policy.decide(outcome, effect=effect, attempt=attempt, jitter=0.5, has_key=key)
        assert decision.verdict is verdict, (outcome, effect, key, attempt)
        if verdict is Verdict.RETRY and outcome.wait is not None:
            assert decision.wait == max(outcome.wait, policy.delay(attempt, 0.5))


@pytest.mark.parametrize("status", sorted(RETRY_STATUSES))
def test_no_retries_means_one_request(status: int) -> None:
    decision = RetryPolicy(max_retries=0).decide(_answered(status), effect=Effect.READ, attempt=1, jitter=1.0)
    assert decision.verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("outcome", "effect", "key", "left", "verdict"),
    [
        (_answered(503, 5.0), Effect.READ, False, 5.1, Verdict.RETRY),
        (_answered(503, 5.0), Effect.READ, False, 5.0, Verdict.FAIL),
        (_answered(429, 5.0), Effect.PAID, False, 5.0, Verdict.FAIL),
        (_answered(503, 5.0), Effect.PAID, True, 5.1, Verdict.RETRY),
        (_answered(503, 5.0), Effect.PAID, True, 5.0, Verdict.UNSURE),
        (Outcome(Sent.MAYBE), Effect.READ, False, -1.0, Verdict.FAIL),
        (Outcome(Sent.MAYBE), Effect.UNSAFE, True, 0.0, Verdict.UNSURE),
    ],
)
def test_no_try_begins_after_the_deadline(
    outcome: Outcome, effect: Effect, *, key: bool, left: float, verdict: Verdict
) -> None:
    decision = RetryPolicy().decide(outcome, effect=effect, attempt=1, jitter=0.5, has_key=key, left=left)
    assert decision.verdict is verdict


@given(
    attempt=st.integers(1, 10**6),
    jitter=st.floats(0, 1),
    backoff=st.floats(0, 1e6),
    most=st.floats(0, 1e6),
)
def test_the_delay_has_bounds(attempt: int, jitter: float, backoff: float, most: float) -> None:
    delay = RetryPolicy(backoff=backoff, max_backoff=most).delay(attempt, jitter)
    assert 0.0 <= delay <= most
    assert delay <= backoff * 2.0 ** min(attempt - 1, 60)


@pytest.mark.parametrize(
    ("attempt", "jitter", "wait"), [(1, 0.5, 0.25), (2, 0.25, 0.25), (3, 0.5, 1.0), (3, 1.0, 2.0), (4, 0.0, 0.0)]
)
def test_a_retry_waits_as_long_as_its_delay(attempt: int, jitter: float, wait: float) -> None:
    policy = RetryPolicy(max_retries=9)
    assert policy.decide(_answered(503), effect=Effect.READ, attempt=attempt, jitter=jitter) == Decision(Verdict.RETRY, wait)


def test_what_is_decided_on_does_not_change() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        _answered(503).status = 200  # type: ignore[misc]  # what must not work


def test_the_delay_grows_to_its_cap() -> None:
    assert [RetryPolicy().delay(attempt, 1.0) for attempt in (1, 2, 3, 4, 5, 6, 1000)] == [0.5, 1, 2, 4, 8, 8, 8]


def test_the_budget_ends_all_retries_but_those_after_a_429() -> None:
    policy = RetryPolicy(budget=2)
    for outcome in (_answered(503), Outcome(Sent.MAYBE), Outcome(Sent.NO), _answered(429)):
        verdicts = [
            policy.decide(outcome, effect=Effect.READ, attempt=1, jitter=0.0, owed=owed).verdict for owed in (0, 1, 2, 3)
        ]
        last = Verdict.RETRY if outcome.status == 429 else Verdict.FAIL
        assert verdicts == [Verdict.RETRY, Verdict.RETRY, last, last]
    boundless = RetryPolicy(budget=None).decide(_answered(503), effect=Effect.READ, attempt=1, jitter=0.0, owed=10**9)
    assert boundless.verdict is Verdict.RETRY
    with pytest.raises(ConfigurationError, match="or None for no bound"):
        RetryPolicy(budget=-1)


def test_a_host_pays_its_debts_by_answering() -> None:
    debts = RetryDebts()
    assert not debts.owed
    debts.pay("a")  # nothing to pay
    for host in ("a", "a", "b"):
        debts.add(host)
    debts.pay("a")
    assert (debts.of("a"), debts.of("b"), debts.of("c"), bool(debts.owed)) == (1, 1, 0, True)
    debts.pay("a")
    debts.pay("b")
    assert (debts.of("a"), bool(debts.owed)) == (0, False)


@pytest.mark.parametrize("name", ["max_retries", "backoff", "max_backoff", "max_wait"])
def test_a_policy_of_nonsense_is_refused(name: str) -> None:
    for number in (-1, math.nan):
        with pytest.raises(ConfigurationError, match="0 or more"):
            RetryPolicy(**{name: number})  # type: ignore[arg-type]


def _date(seconds: float, *, zone: str = "GMT") -> str:
    return email.utils.formatdate(NOW + seconds, usegmt=True).removesuffix("GMT").strip() + (f" {zone}" if zone else "")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("-1", 0.0),
        ("-0", 0.0),
        ("172800", 172_800.0),
        ("999999999", 999_999_999.0),
        ("1e9", 0.0),  # a point in time, long gone
        ("1700000030", 30.0),
        ("1700000030000", 30.0),
        ("1699999999", 0.0),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("Infinity", None),
        ("1e400", None),
        ("", None),
        ("   ", None),
        ("soon", None),
        ("0x10", None),
        ("9" * 400, None),
        (_date(30), 30.0),
        (_date(30, zone=""), 30.0),
        (_date(30, zone="+0000"), 30.0),
        (_date(30, zone="-0000"), 30.0),
        (_date(30 + 3600, zone="+0100"), 30.0),
        (_date(-30), 0.0),
        ("Tue, 31 Feb 2023 00:00:00 GMT", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799.0 - NOW),
        ("Fri, 31 Dec 2060 23:59:59 GMT", 2_871_763_199.0 - NOW),
    ],
)
def test_retry_after(text: str, seconds: float | None) -> None:
    assert retry_after(CIMultiDict({"retry-after": text}), NOW) == seconds
    assert retry_after(CIMultiDict({"Retry-After": text}), NOW, limited=False) == seconds


@pytest.mark.parametrize("name", ["X-Rate-Limit-Reset", "X-RateLimit-Reset", "RateLimit-Reset"])
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1700000045", 45.0),
        ("1700000045.5", 45.5),
        ("1700000045000", 45.0),
        ("45", 45.0),
        ("0", 0.0),
        ("1600000000", 0.0),
        ("nan", None),
        ("1e400", None),
        ("", None),
        ("soon", None),
    ],
)
def test_rate_limit_reset(name: str, text: str, seconds: float | None) -> None:
    assert retry_after(CIMultiDict({name: text}), NOW) == seconds
    assert retry_after(CIMultiDict({name: text}), NOW, limited=False) is None


def test_retry_after_wins_over_a_reset_unless_it_is_junk() -> None:
    assert retry_after(CIMultiDict({"Retry-After": "3", "X-RateLimit-Reset": "45"}), NOW) == 3.0
    assert retry_after(CIMultiDict({"Retry-After": "soon", "X-RateLimit-Reset": "45"}), NOW) == 45.0
    assert retry_after(CIMultiDict({"X-Other": "1"}), NOW) is None


@pytest.mark.parametrize("skew", [-300, -3, 3, 300])
def test_moments_count_from_the_clock_of_the_server(skew: int) -> None:
    server = NOW + skew
    date, then = (email.utils.formatdate(moment, usegmt=True) for moment in (server, server + 20))
    assert retry_after(CIMultiDict({"Date": date, "X-Rate-Limit-Reset": str(server + 20)}), NOW) == 20.0
    assert retry_after(CIMultiDict({"Date": date, "Retry-After": then}), NOW) == 20.0
    assert retry_after(CIMultiDict({"Date": date, "Retry-After": "20"}), NOW) == 20.0


@pytest.mark.parametrize("date", ["soon", email.utils.formatdate(NOW - 1, usegmt=True), ""])
def test_a_date_that_tells_nothing_more_is_not_used(date: str) -> None:
    assert retry_after(CIMultiDict({"Date": date, "X-Rate-Limit-Reset": str(NOW + 20)}), NOW) == 20.0


_LIKE_NUMBERS = st.one_of(st.floats().map(repr), st.integers().map(str), st.text("0123456789.eE+-_ ", max_size=400))
_LIKE_DATES = st.tuples(
    st.sampled_from(["Sun, ", "Mon,", "", "Sunday "]),
    st.integers(-1, 40).map(str),
    st.sampled_from([" Nov ", "-Feb-", " 13 ", " "]),
    st.integers(-10, 10**6).map(str),
    st.sampled_from([" 08:49:37", " 24:61:61", " 8", ""]),
    st.sampled_from([" GMT", "", " -0000", " +9999", " -99999999999", " PST", " Z"]),
).map("".join)


@settings(max_examples=examples(100))
@given(texts=st.lists(st.text(max_size=60) | _LIKE_NUMBERS | _LIKE_DATES, min_size=25, max_size=25), now=st.floats(0, 1e10))
def test_any_header_gives_a_finite_wait_or_none(texts: list[str], now: float) -> None:
    """100 x 25 texts in 4 headers: 10,000 values."""
    for name, text in itertools.product(("Retry-After", "X-Rate-Limit-Reset", "X-RateLimit-Reset", "RateLimit-Reset"), texts):
        seconds = retry_after(CIMultiDict({name: text}), now)
        assert seconds is None or (math.isfinite(seconds) and seconds >= 0.0)
