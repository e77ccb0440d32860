"""The order of handling, on drawn histories, against the rule as `model.py` tells it."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from aioconvo.bot.lanes import Lanes, Waiting
from aioconvo.bot.stores.store import Again, Entry
from tests.bot.model import Model, entry
from tests.bot.steps import ORDERING, Accept, Claim, End, Pass, Step
from tests.campaign import examples


@settings(max_examples=examples(200))
@given(ORDERING, st.sampled_from([0.0, 3.0]))
def test_the_order_is_that_of_the_rule(steps: list[Step], settle: float) -> None:
    lanes, model, running, now = Lanes[Entry](12, 5), Model(12, 5), list[Waiting[Entry]](), 0.0
    for number, step in enumerate(steps):
        match step:
            case Accept(names, occurred):
                one = entry(str(number), *names, at=now, settle=settle, occurred=occurred)
                full = lanes.full([one])
                assert (full is None) == (model.accept([one]) is not None)
                if full is None:
                    lanes.add(one, number)
            case Pass(seconds):
                now += seconds
            case Claim(most):
                expected = model.claimable(now)[:most]
                claimed = lanes.claim(most, now)
                assert [event.entry.key for event in claimed] == expected
                assert [event.attempt for event in claimed] == [model.claim(key)[0] for key in expected]
                running += claimed
            case End(which, how, after) if running:
                event = running.pop(which % len(running))
                assert lanes.claimed(event.entry.key, event.fence) is event
                if how == "done":
                    lanes.remove(event)
                    model.events.remove(model.event(event.entry.key))
                else:
                    lanes.again(event, now + after, counts=how == "again")
                    model.finish(event.entry.key, Again(due=now + after, counts=how == "again"))
            case _:
                pass
        assert lanes.next_due() == model.next_due()
        assert lanes.running == len(running)
    for event in running:
        lanes.again(event, now)
    assert len(list(drained(lanes, now))) == len(model.events)
    assert not lanes.lines
    assert not lanes.waiting


def drained(lanes: Lanes[Entry], now: float) -> list[Entry]:
    """All that is left, handled one after the other, however long it takes."""
    entries: list[Entry] = []
    while (due := lanes.next_due()) is not None:
        (event,) = lanes.claim(1, max(now, due))
        lanes.remove(event)
        entries.append(event.entry)
    return entries


def test_what_was_first_once_is_not_remembered_for_ever() -> None:
    lanes = Lanes[Entry](10_000, 1_000)
    for number in range(20_000):
        lanes.add(entry(str(number), f"a:{number % 7}", at=float(number), settle=3.0, occurred=float(-number)), number)
        for event in lanes.claim(9, float(number)):
            lanes.remove(event)
        assert len(lanes._ready) < 100
