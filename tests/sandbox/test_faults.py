from __future__ import annotations

import random
from collections import Counter

import pytest

from aioconvo.sandbox.faults import Fault, RateLimit, choose


def test_no_share_no_faults() -> None:
    assert all(choose(draw / 100, 0.0) is None for draw in range(100))


def test_everything_fails_when_the_share_is_one() -> None:
    assert {choose(draw / 100, 1.0) for draw in range(100)} == set(Fault)


def test_the_share_holds_and_every_kind_comes() -> None:
    draws = random.Random(1)  # noqa: S311 - repeatable draws
    chosen = Counter(choose(draws.random(), 0.2) for _ in range(6000))
    assert 4700 < chosen[None] < 4900
    assert all(chosen[fault] > 120 for fault in Fault)


@pytest.mark.parametrize("draw", [0.0, 0.05, 0.0999999999])
def test_draws_below_the_share_are_faults(draw: float) -> None:
    assert choose(draw, 0.1) is not None
    assert choose(0.1, 0.1) is None


def test_only_lost_answers_have_had_their_effect() -> None:
    assert {fault for fault in Fault if fault.performed} == {Fault.BAD_GATEWAY, Fault.RESET, Fault.CUT}


def test_a_bucket_lets_its_rate_pass_and_refills() -> None:
    bucket = RateLimit(rate=2, tokens=2, updated=0.0)
    assert [bucket.wait(0.0), bucket.wait(0.0)] == [0.0, 0.0]
    assert bucket.wait(0.0) == pytest.approx(0.5)
    assert bucket.wait(0.5) == 0.0
    assert [bucket.wait(60.0), bucket.wait(60.0)] == [0.0, 0.0]
    assert bucket.wait(60.0) > 0


def test_less_than_one_request_a_second_is_possible() -> None:
    bucket = RateLimit(rate=0.1, tokens=1, updated=0.0)
    assert bucket.wait(0.0) == 0.0
    assert bucket.wait(0.0) == pytest.approx(10.0)
    assert bucket.wait(10.0) == 0.0
