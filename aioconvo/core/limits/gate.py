"""Who gets a permit next: lanes take turns, and in a lane it is order of arrival."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec

__all__ = ["PATIENT", "FairGate", "Patience"]

_LANES_COUNTED = 32  # of those that are ahead; a known wait may be told too short, never too long


class Patience(msgspec.Struct, frozen=True, gc=False):
    """How long a call may wait for limits: none that is known to take more than `longest` seconds, or to end after `until`."""

    longest: float = math.inf
    until: float = math.inf

    def allows(self, now: float, wait: float) -> bool:
        """Whether a wait of `wait` seconds may begin."""
        return wait <= 0 or (wait <= self.longest and now + wait < self.until)

    def least(self, other: Patience) -> Patience:
        """What both allow."""
        return Patience(min(self.longest, other.longest), min(self.until, other.until))


PATIENT = Patience()
_Turns: TypeAlias = OrderedDict[asyncio.Future[None], Patience]  # unlike a dict, it loses its first without a search


class FairGate:
    """A number of permits, handed to waiting lanes in turn, and inside a lane in order of arrival.

    One lane with thousands of waiters therefore delays another lane by one permit, not by thousands. Who waits no more is
    taken out without a search, from any place.
    """

    __slots__ = ("free", "lanes", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.free = size
        self.lanes: OrderedDict[object, _Turns] = OrderedDict()

    @property
    def in_use(self) -> int:
        """Permits that are out."""
        return self.size - self.free

    @property
    def waiting(self) -> int:
        """Tasks that wait for a permit."""
        return sum(len(lane) for lane in self.lanes.values())

    def ahead(self, lane: object) -> int:
        """How many would get a permit before one that came to this lane now; at least so many."""
        own = self.lanes.get(lane)
        place = 0 if own is None else len(own)
        others = (turns for turns in itertools.islice(self.lanes.values(), _LANES_COUNTED) if turns is not own)
        return place + sum(min(len(turns), max(place, 1)) for turns in others)

    def try_acquire(self) -> bool:
        """Take a permit if one is free and nobody waits."""
        if self.free > 0 and not self.lanes:
            self.free -= 1
            return True
        return False

    async def acquire(self, lane: object, patience: Patience = PATIENT) -> None:
        """Wait for a permit; give it back with `release`. `patience` is for `refuse`."""
        if self.try_acquire():
            return
        turn = asyncio.get_running_loop().create_future()
        turns = self.lanes.get(lane)
        if turns is None:
            turns = self.lanes[lane] = OrderedDict()
        turns[turn] = patience
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.done() or turn.cancelled():
                self._forget(lane, turn)
            elif turn.exception() is None:
                self.release()
            raise

    def release(self) -> None:
        """Give a permit back: to the next lane in turn, if anybody waits."""
        while self.lanes:
            lane, turns = next(iter(self.lanes.items()))
            turn, _ = turns.popitem(last=False)
            if not turns:
                del self.lanes[lane]
            elif len(self.lanes) > 1:
                self.lanes.move_to_end(lane)  # the end of the round
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1

    def refuse(self, judge: Callable[[int, Patience], Exception | None]) -> Patience:
        """Let those go for whom `judge`, told how many are ahead, has an error; the patience that all who are left have."""
        ahead, least = 0, PATIENT
        for lane, turn, patience in list(self._in_order()):
            error = judge(ahead, patience)
            if error is None:
                ahead, least = ahead + 1, least.least(patience)
            elif not turn.done():
                self._forget(lane, turn)
                turn.set_exception(error)
        return least

    def _in_order(self) -> Iterator[tuple[object, asyncio.Future[None], Patience]]:
        """All that wait, in the order in which they would get permits."""
        rounds = deque((lane, iter(turns.items())) for lane, turns in self.lanes.items())
        while rounds:
            lane, left = rounds.popleft()
            for turn, patience in itertools.islice(left, 1):
                yield lane, turn, patience
                rounds.append((lane, left))

    def close(self, error: Callable[[], Exception]) -> None:
        """Let nobody wait any longer: each gets an error of its own."""
        waiting, self.lanes = self.lanes, OrderedDict()
        for turn in [turn for turns in waiting.values() for turn in turns if not turn.done()]:
            turn.set_exception(error())

    def _forget(self, lane: object, turn: asyncio.Future[None]) -> None:
        turns = self.lanes.get(lane)
        if turns is not None and turns.pop(turn, None) is not None and not turns:
            del self.lanes[lane]
