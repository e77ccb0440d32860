"""The sliding window: never more than N starts in any window, and none held back for longer than that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.core.errors import ConfigurationError
from aioconvo.core.limits import Limits, RateLimit, RateRule

# Times are multiples of 1/1024 s, so that sums are exact and the window can be tested to the last tick.
TICK = 1 / 1024


def _most_in_a_window(starts: list[float], seconds: float) -> int:
    return max(sum(1 for other in starts if start <= other < start + seconds) for start in starts)


@settings(max_examples=180, deadline=None)
@given(
    rates=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4096)), min_size=1, max_size=3),
    gaps=st.lists(st.integers(0, 3000), min_size=1, max_size=60),
    pauses=st.dictionaries(st.integers(0, 59), st.integers(0, 5000), max_size=3),
)
def test_never_more_than_n_starts_in_any_window(rates: list[tuple[int, int]], gaps: list[int], pauses: dict[int, int]) -> None:
    limits = [RateLimit(calls, ticks * TICK) for calls, ticks in rates]
    rule = RateRule(limits)
    now, paused_until, starts = 0.0, 0.0, list[float]()
    for number, gap in enumerate(gaps):
        now += gap * TICK
        if number in pauses:
            paused_until = max(paused_until, now + pauses[number] * TICK)
            rule.pause(now + pauses[number] * TICK)
        asked = now
        while (wait := rule.wait(now)) > 0:
            now += wait
        # Exact: not one tick later than the limits and the pause ask for.
        earliest = max(
            [asked, paused_until] + [starts[-limit.calls] + limit.seconds for limit in limits if len(starts) >= limit.calls]
        )
        assert now == earliest
        rule.start(now)
        starts.append(now)
    for limit in limits:
        assert _most_in_a_window(starts, limit.seconds) <= limit.calls


def test_a_later_pause_does_not_shorten_an_earlier_one() -> None:
    rule = RateRule([])
    assert rule.wait(5.0) <= 0
    rule.pause(20.0)
    rule.pause(10.0)
    assert rule.wait(5.0) == 15.0


@pytest.mark.parametrize(("calls", "seconds"), [(0, 1.0), (-1, 1.0), (1, 0.0), (1, -1.0), (1, float("nan"))])
def test_nonsense_is_refused(calls: int, seconds: float) -> None:
    with pytest.raises(ConfigurationError, match="RateLimit"):
        RateLimit(calls, seconds)


def test_concurrency_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least 1"):
        Limits(concurrency=0)


@pytest.mark.parametrize("rates", [RateLimit(5, 1.0), [5], [(5, 1.0)]])
def test_rates_that_are_none_are_refused(rates: Any) -> None:
    with pytest.raises(ConfigurationError, match="rates must be a list of RateLimit"):
        Limits(rates=rates)
