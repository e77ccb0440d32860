"""Every store on drawn histories, against the rule as `model.py` tells it."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.bot.stores import sqlite
from aioconvo.bot.stores.store import Again, Claim as Claimed, Dead, Handled, Outcome, Store
from aioconvo.core.errors import StoreFullError
from tests.bot.conftest import Kind
from tests.bot.model import Model, entry
from tests.bot.steps import KEEPING, Accept, Claim, Crash, End, Forget, Pass, Step

BOUNDS = {"max_waiting": 12, "max_waiting_in_lane": 5}


class History:
    """A store and the model, to which the same happens."""

    def __init__(self, kind: Kind, settle: float) -> None:
        self.kind = kind
        self.settle = settle
        self.now = 0.0
        self.model = Model(**BOUNDS)
        self.running: list[Claimed] = []
        self.gone: list[Claimed] = []
        self.keys: list[str] = []
        self.handled: set[str] = set()

    async def run(self, steps: list[Step]) -> None:
        self.store = self.kind.store(**BOUNDS)
        await self.store.open(now=0.0)
        try:
            for number, step in enumerate(steps):
                await self.take(str(number), step)
                await self.compare()
            await self.drain()
        finally:
            await self.store.aclose()

    async def take(self, name: str, step: Step) -> None:
        match step:
            case Accept(lanes, occurred, again):
                key = self.keys[again % len(self.keys)] if again is not None and self.keys else name
                one = entry(key, *lanes, at=self.now, settle=self.settle, occurred=occurred)
                self.keys.append(key)
                expected = self.model.accept([one])
                if expected is None:
                    with pytest.raises(StoreFullError):
                        await self.store.accept([one], now=self.now)
                else:
                    assert await self.store.accept([one], now=self.now) == expected
            case Pass(seconds):
                self.now += seconds
            case Claim(most):
                await self.claim(most)
            case End() if self.running:
                await self.end(self.running.pop(step.which % len(self.running)), step)
            case Crash():
                await self.crash()
            case Forget(lane):
                self.gone += [one for one in self.running if lane in one.entry.lanes]
                self.running = [one for one in self.running if lane not in one.entry.lanes]
                await self.store.forget(lane)
                self.model.forget(lane)
            case End():
                pass

    async def claim(self, most: int) -> None:
        expected = self.model.claimable(self.now)[:most]
        claims = await self.store.claim(most, now=self.now)
        assert [one.entry.key for one in claims] == expected
        facts = [(one.entry.attempt, one.entry.late, one.state) for one in claims]
        assert facts == [self.model.claim(key) for key in expected]
        self.running += claims

    async def end(self, claim: Claimed, step: End) -> None:
        outcomes: dict[str, Outcome] = {
            "done": Handled(state=step.state),
            "dead": Dead(reason="ValueError"),
            "again": Again(due=self.now + step.after),
            "stopped": Again(due=self.now + step.after, counts=False),
        }
        assert await self.store.finish(claim, outcomes[step.how], now=self.now)
        self.model.finish(claim.entry.key, outcomes[step.how])
        self.gone.append(claim)
        self.handled |= {claim.entry.key} if step.how == "done" else set()

    async def crash(self) -> None:
        await self.store.aclose()
        if self.kind.name != "memory":
            self.store = self.kind.store(**BOUNDS)
        await self.store.open(now=self.now)
        self.gone, self.running = [*self.running] if self.kind.name == "redis" else [], []
        self.model.crash()
        self.kind.leases += 15.0
        await self.store.claim(0, now=self.now)  # so that Redis looks whose lease is over

    async def compare(self) -> None:
        assert await self.store.next_due(now=self.now) == self.model.next_due()
        counts = await self.store.counts(now=self.now)
        assert (counts.running, counts.running + counts.waiting) == (len(self.running), len(self.model.events))
        for claim in self.gone[-2:]:
            told_again = self.store.shared and claim.entry.key in self.handled
            assert await self.store.finish(claim, Handled(state=b"never"), now=self.now) == told_again

    async def drain(self) -> None:
        """Nothing is stuck: all that is left is handled."""
        for claim in self.running:
            await self.end(claim, End(0, "again"))
        self.running = []
        while (due := self.model.next_due()) is not None:
            self.now = max(self.now, due)
            await self.claim(1)
            await self.end(self.running.pop(), End(0, "done"))
        assert await left(self.store) == 0


async def left(store: Store) -> int:
    counts = await store.counts(now=0.0)
    return counts.waiting + counts.running + counts.lanes


EXAMPLES = {"memory": 100, "sqlite": 12, "redis": 25}


def test_a_store_answers_as_the_model(kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_GATHERED", 0.0)

    @settings(max_examples=EXAMPLES[kind.name])
    @given(KEEPING, st.sampled_from([0.0, 3.0]))
    def answers(steps: list[Step], settle: float) -> None:
        with tempfile.TemporaryDirectory(dir=tmp_path) as place:
            asyncio.run(History(kind.at(Path(place)), settle).run(steps))

    answers()
