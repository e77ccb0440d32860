"""The rule: never more than N starts in any window, and none held back for longer; what it knows and forgets."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.core.errors import ConfigurationError
from aioconvo.core.limits.rule import LimitAccount, Limits, RateLimit
from tests.campaign import examples

# Times are multiples of 1/1024 s, so that sums are exact and the window can be tested to the last tick.
TICK = 1 / 1024


def _most_in_a_window(starts: list[float], seconds: float) -> int:
    return max(sum(1 for other in starts if start <= other < start + seconds) for start in starts)


def _limits(rates: list[tuple[int, int]], concurrency: int | None = None) -> Limits:
    return Limits(rates=[RateLimit(calls, ticks * TICK) for calls, ticks in rates], concurrency=concurrency)


def _start(account: LimitAccount, now: float, limits: Limits, ticket: str) -> float:
    wait = account.wait(now, limits, ticket)
    if wait <= 0:
        account.note(now, ticket)
    return wait


RATES = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4096)), min_size=1, max_size=3)


@settings(max_examples=examples(180), deadline=None)
@given(
    rates=RATES,
    gaps=st.lists(st.integers(0, 3000), min_size=1, max_size=60),
    pauses=st.dictionaries(st.integers(0, 59), st.integers(0, 5000), max_size=3),
)
def test_never_more_than_n_starts_in_any_window(rates: list[tuple[int, int]], gaps: list[int], pauses: dict[int, int]) -> None:
    limits = _limits(rates)
    account = LimitAccount()
    now, paused_until, starts = 0.0, 0.0, list[float]()
    for number, gap in enumerate(gaps):
        now += gap * TICK
        if number in pauses:
            paused_until = max(paused_until, now + pauses[number] * TICK)
            account.pause(now + pauses[number] * TICK)
        asked = now
        while (wait := _start(account, now, limits, "t")) > 0:
            now += wait
        # Exact: not one tick later than the limits and the pause ask for.
        earliest = max(
            [asked, paused_until] + [starts[-rate.calls] + rate.seconds for rate in limits.rates if len(starts) >= rate.calls]
        )
        assert now == earliest
        starts.append(now)
        account.end("t")
    for rate in limits.rates:
        assert _most_in_a_window(starts, rate.seconds) <= rate.calls


@settings(max_examples=examples(100), deadline=None)
@given(rates=RATES, before=st.lists(st.integers(0, 2000), max_size=30), pause=st.integers(0, 5000), queue=st.integers(1, 20))
def test_the_known_wait_is_never_too_long_and_exact_for_one_rate(
    rates: list[tuple[int, int]], before: list[int], pause: int, queue: int
) -> None:
    """What is told to one that comes behind others is when it really starts, if they all start as soon as they may."""
    limits, account, now = _limits(rates), LimitAccount(), 0.0
    for gap in before:
        now += gap * TICK
        _start(account, now, limits, "t")
    account.pause(now + pause * TICK)
    told = [account.known_wait(now, limits, ahead) for ahead in range(queue)]
    came = now
    for ahead in range(queue):
        while (wait := _start(account, now, limits, f"{ahead}")) > 0:
            now += wait
        assert max(told[ahead], 0.0) <= now - came
        if len(rates) == 1:
            assert max(told[ahead], 0.0) == now - came


def test_a_later_pause_does_not_shorten_an_earlier_one() -> None:
    account = LimitAccount()
    assert account.wait(5.0, Limits(), "t") <= 0
    account.pause(20.0)
    account.pause(10.0)
    assert account.wait(5.0, Limits(), "t") == 15.0


def test_what_is_left() -> None:
    account = LimitAccount()
    hourly, daily = RateLimit(3, 3600.0), RateLimit(1000, 86400.0)
    limits = Limits(rates=[hourly, daily], concurrency=2)
    whole = account.quota(0.0, limits)
    assert [(rate.rate, rate.left, rate.whole_in) for rate in whole.rates] == [(hourly, 3, 0.0), (daily, 1000, 0.0)]
    assert (whole.under_way, whole.concurrency, whole.held_back) == (0, 2, 0.0)
    for now in (100.0, 200.0, 300.0):
        assert _start(account, now, limits, f"{now}") <= 0
        if now < 300.0:
            account.end(f"{now}")
    used = account.quota(400.0, limits)
    assert [(rate.left, rate.whole_in) for rate in used.rates] == [(0, 3500.0), (997, 86300.0)]
    assert (used.under_way, used.held_back) == (1, 3300.0)
    later = account.quota(3850.0, limits)
    assert [(rate.left, rate.whole_in) for rate in later.rates] == [(2, 50.0), (997, 82850.0)]
    assert later.held_back == 0.0
    account.pause(4000.0)
    assert account.quota(3850.0, limits).held_back == 150.0
    again = account.quota(3900.0, limits)
    assert (again.rates[0].left, again.rates[0].whole_in) == (3, 0.0)  # the last start leaves the window at this moment


def test_starts_count_that_were_made_before_anybody_had_rates() -> None:
    account = LimitAccount()
    for number in range(3000):
        _start(account, number / 100, Limits(), "t")
    assert len(account.starts) <= 1250
    assert _start(account, 30.0, Limits(rates=[RateLimit(1000, 60.0)]), "t") == 50.0 - 30.0 + 30.0
    assert _start(account, 30.0, Limits(rates=[RateLimit(500, 30.0)]), "t") == 25.0


def test_no_more_is_remembered_than_the_limits_ask_about() -> None:
    account = LimitAccount()
    limits = Limits(rates=[RateLimit(5000, 156.25)])
    for number in range(20_000):
        assert _start(account, number / 32, limits, "t") <= 0
    assert 5000 <= len(account.starts) <= 6250
    account.end("t")
    over = 19_999 / 32 + 156.25
    assert not account.idle(over - TICK)
    assert account.idle(over)
    for number in range(2000):
        _start(account, over + number * 10.0, limits, "t")
    assert len(account.starts) <= 100  # those of the last 156 s, and few that were not looked over yet


def test_one_that_waits_for_its_rate_stands_in_nobodys_way() -> None:
    """Copies with other limits: a place goes to who may use it."""
    account = LimitAccount()
    slow, fast = Limits(rates=[RateLimit(1, 100.0)], concurrency=1), Limits(concurrency=1)
    assert account.line_up(0.0, slow, "s") == 0.0
    account.note(0.0, "s")
    assert account.line_up(0.0, slow, "s2") == 100.0
    assert account.line_up(0.0, fast, "f") == math.inf
    account.end("s")
    assert account.line_up(1.0, fast, "f") == 0.0
    account.note(1.0, "f")
    assert account.line_up(100.0, slow, "s2") == 1.0  # f's start counts for it, too
    assert account.line_up(101.0, slow, "s2") == math.inf
    assert account.line_up(101.0, fast, "f2") == math.inf
    account.end("f")
    assert account.line_up(101.0, fast, "f2") == math.inf  # s2 came before
    assert account.line_up(101.0, slow, "s2") == 0.0


@pytest.mark.parametrize(("calls", "seconds"), [(0, 1.0), (-1, 1.0), (1, 0.0), (1, -1.0), (1, float("nan"))])
def test_nonsense_is_refused(calls: int, seconds: float) -> None:
    with pytest.raises(ConfigurationError, match="RateLimit"):
        RateLimit(calls, seconds)


def test_concurrency_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="1 or more"):
        Limits(concurrency=0)


@pytest.mark.parametrize("rates", [RateLimit(5, 1.0), [5], [(5, 1.0)]])
def test_rates_that_are_none_are_refused(rates: Any) -> None:
    with pytest.raises(ConfigurationError, match="rates must be a list of RateLimit"):
        Limits(rates=rates)
