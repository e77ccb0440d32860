"""The soak's bounds bound: what leaked once would not pass."""

from __future__ import annotations

import pytest

from tests.soak.soak import Rest, Sample, judge


def broken(minutes: float, *, blocks_an_action: float = 0.0, kb_a_minute: float = 0.0) -> list[str]:
    """The names of the bounds that a run with these leaks breaks."""
    count = int(minutes * 60)
    samples = [Sample(float(second), 90_000, 20, 60, 10, second * 100, second) for second in range(1, count + 1)]
    rests = [
        Rest(at, int(at * 100), 800_000 + int(at * 100 * blocks_an_action), 90_000 + int(at / 60 * kb_a_minute))
        for at in (count * number / 12 for number in range(1, 13))
    ]
    idle = Sample(0.0, 80_000, 10, 1, 0, 0, 0)
    return [one.name for one in judge(samples, rests, (idle, idle), [], set()) if not one.kept]


@pytest.mark.parametrize("minutes", [2.0, 30.0])
def test_a_run_that_leaks_nothing_passes(minutes: float) -> None:
    assert broken(minutes) == []


@pytest.mark.parametrize("minutes", [2.0, 30.0])
def test_a_leak_of_some_blocks_in_ten_actions_is_seen_in_two_minutes(minutes: float) -> None:
    assert broken(minutes, blocks_an_action=0.5) == ["blocks held an action"]


def test_a_leak_of_189_kb_a_minute_is_seen_in_thirty() -> None:
    assert broken(30.0, kb_a_minute=189.0) == ["memory slope, kB/min"]
