"""What is sent, when, and whether again: a pure plan that is told of changes, answers and the time.

Times are seconds of any one clock. Everything drawn follows from the seed and the number of the delivery, not from the time.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from aioconvo.core.access import settings
from aioconvo.sandbox.data import number

from .callbacks import MANNERS, Callback, Manners

__all__ = ["Fate", "Letter", "Plan", "Sent", "Unkindness"]

_SHARE: Final = 2**128


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unkindness:
    """How webhooks are sent; as it stands, each once and those of a conversation in order.

    - `duplicates`: share (0..1) of deliveries that come a second time up to `duplicate_within` seconds later, whatever came.
    - `reordered`: share of deliveries that are held back for up to `reorder_within` seconds, so that later ones overtake them.
    - `batch`: most events in one delivery, as far as the API puts several into one; `gather` seconds are waited for more.
    - `cut`: share of tries whose connection is cut in the middle of the body.
    - `delay`: seconds before each first try.
    - `wrong_secret`: share of deliveries with a secret that is not the receiver's.
    - `v1_bodies`: share of Sunshine deliveries with a body of v1.1. One of these two is lost where the receiver is right.
    - `in_order`: later deliveries of a conversation wait while an earlier one is tried again. No API promises it.
    - `speed`: waits between tries are divided by it.
    - `patience`: seconds that an answer is waited for; as the API has it where `None`.
    - `connections`: most deliveries on their way at once.
    """

    duplicates: float = 0.0
    duplicate_within: float = 1.0
    reordered: float = 0.0
    reorder_within: float = 2.0
    batch: int = 1
    gather: float = 0.0
    cut: float = 0.0
    delay: float = 0.0
    wrong_secret: float = 0.0
    v1_bodies: float = 0.0
    in_order: bool = True
    speed: float = 1.0
    patience: float | None = None
    connections: int = 16

    def __post_init__(self) -> None:
        for name in ("duplicates", "reordered", "cut", "wrong_secret", "v1_bodies"):
            settings.number(f"{name}, a share of all,", getattr(self, name), 0, 1)
        for name in ("duplicate_within", "reorder_within", "gather", "delay"):
            settings.seconds(name, getattr(self, name), zero=True)
        settings.number("patience, in seconds,", self.patience, 0.001, 3_600, none="what the API waits for")
        settings.number("speed, by which waits are divided,", self.speed, 0.001, 1e9)
        settings.count("batch", self.batch, least=1, most=200)
        settings.count("connections", self.connections, least=1, most=1_000)


class Fate(enum.StrEnum):
    """What becomes of a delivery after a try."""

    DELIVERED = "delivered"
    AGAIN = "again"
    GIVEN_UP = "given up"


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """An event as a receiver is told of it: `id` and `number` stay the same however often it is sent."""

    number: int
    id: str
    event: str
    at: int
    conversation: str
    payload: Mapping[str, Any]


@dataclasses.dataclass(slots=True, eq=False)
class Letter:
    """One delivery: events of one callback, sent until it arrives or is given up. `attempt` counts tries from 1."""

    number: int
    callback: Callback
    events: list[Sent]
    due: float
    lanes: tuple[str, ...]
    attempt: int = 0
    copy: bool = False
    body: bytes | None = None
    cut: bool = False
    wrong_secret: bool = False
    old_body: bool = False
    group: tuple[str, object] | None = None


class Plan:
    """The deliveries on their way. `together` says which events may share a delivery: those with the same answer."""

    def __init__(
        self, seed: int, unkindness: Unkindness, together: Callable[[Callback, Sent], object] = lambda _, event: event.number
    ) -> None:
        self._seed = seed
        self._unkind = unkindness
        self._together = together
        self._made = 0
        self._heap: list[tuple[float, int, Letter]] = []
        self._open: dict[tuple[str, object], Letter] = {}  # not begun, with room for more
        self._lanes: dict[tuple[str, str], collections.deque[Letter]] = {}
        self._held: dict[int, Letter] = {}  # due, but behind another one of its lane
        self._under_way = 0

    @property
    def unkindness(self) -> Unkindness:
        """How it sends."""
        return self._unkind

    @property
    def waiting(self) -> int:
        """How many deliveries are neither arrived nor given up."""
        return len(self._heap) + len(self._held) + self._under_way

    def post(self, event: Sent, callbacks: Iterable[Callback], now: float) -> None:
        """An event happened: it goes to each callback that wants it."""
        for callback in callbacks:
            if callback.wants(event.event):
                self._post(event, callback, now)

    def take(self, now: float, most: int | None = None) -> Sequence[Letter]:
        """Up to `most` tries to begin now, earliest first; each is to be settled."""
        taken: list[Letter] = []
        room = self._unkind.connections - self._under_way if most is None else most
        while self._heap and self._heap[0][0] <= now and len(taken) < room:
            _, _, letter = heapq.heappop(self._heap)
            if self._is_behind(letter):
                self._held[letter.number] = letter
                continue
            self._begin(letter, now)
            taken.append(letter)
        self._under_way += len(taken)
        return taken

    def settle(self, letter: Letter, status: int | None, now: float) -> Fate:
        """The answer to a try, `None` where none came; what becomes of the delivery."""
        self._under_way -= 1
        manners = MANNERS[letter.callback.provider]
        fate = fate_of(manners, letter.attempt, status)
        if fate is Fate.AGAIN:
            letter.due = now + manners.waits[letter.attempt - 1] / self._unkind.speed
            self._push(letter)
        else:
            self._leave(letter, now)
        return fate

    def next_at(self) -> float | None:
        """When the next try is due; `None` where only a new event or an answer changes anything."""
        return self._heap[0][0] if self._heap and self._under_way < self._unkind.connections else None

    def hurry(self, now: float) -> None:
        """Try everything that waits now, in the order in which it happened: its receiver is back."""
        for _, _, letter in self._heap:
            letter.due = min(letter.due, now)
        self._heap = [(letter.due, letter.number, letter) for _, _, letter in self._heap]
        heapq.heapify(self._heap)

    def _post(self, event: Sent, callback: Callback, now: float) -> None:
        key = (callback.id, self._together(callback, event))
        most = min(self._unkind.batch, MANNERS[callback.provider].most)
        gathering = self._open.get(key)
        if gathering is not None and len(gathering.events) < most and self._may_join(gathering, event.conversation):
            gathering.events.append(event)
            self._queue(gathering, event.conversation)
            return
        letter = self._make(callback, [event], now + self._unkind.delay + (self._unkind.gather if most > 1 else 0.0))
        if most > 1:
            letter.group = key
            self._open[key] = letter
        if self._draws(letter, "reordered", self._unkind.reordered):
            letter.due += self._draw(letter, "held") * self._unkind.reorder_within
        else:
            self._queue(letter, event.conversation)
        letter.wrong_secret = self._draws(letter, "secret", self._unkind.wrong_secret)
        letter.old_body = callback.provider == "sunshine" and self._draws(letter, "v1", self._unkind.v1_bodies)
        self._push(letter)

    def _make(self, callback: Callback, events: list[Sent], due: float) -> Letter:
        self._made += 1
        return Letter(self._made, callback, events, due, ())

    def _begin(self, letter: Letter, now: float) -> None:
        letter.attempt += 1
        letter.cut = self._draws(letter, ("cut", letter.attempt), self._unkind.cut)
        if letter.attempt > 1:
            return
        if letter.group is not None and self._open.get(letter.group) is letter:
            del self._open[letter.group]
        if not letter.copy and self._draws(letter, "duplicate", self._unkind.duplicates):
            copy = self._make(letter.callback, letter.events, now + self._draw(letter, "after") * self._unkind.duplicate_within)
            copy.copy, copy.wrong_secret, copy.old_body = True, letter.wrong_secret, letter.old_body
            self._push(copy)

    def _push(self, letter: Letter) -> None:
        heapq.heappush(self._heap, (letter.due, letter.number, letter))

    # -- one after the other

    def _queue(self, letter: Letter, conversation: str) -> None:
        if self._unkind.in_order and conversation not in letter.lanes:
            letter.lanes = (*letter.lanes, conversation)
            self._lanes.setdefault((letter.callback.id, conversation), collections.deque()).append(letter)

    def _may_join(self, letter: Letter, conversation: str) -> bool:
        """Whether nothing later has the conversation's last event: the two would wait for each other."""
        queue = self._lanes.get((letter.callback.id, conversation))
        return not queue or queue[-1].number <= letter.number

    def _is_behind(self, letter: Letter) -> bool:
        return any(self._lanes[letter.callback.id, lane][0] is not letter for lane in letter.lanes)

    def _leave(self, letter: Letter, now: float) -> None:
        for lane in letter.lanes:
            queue = self._lanes[letter.callback.id, lane]
            queue.remove(letter)
            if not queue:
                del self._lanes[letter.callback.id, lane]
            elif (following := self._held.pop(queue[0].number, None)) is not None:
                following.due = max(following.due, now)
                self._push(following)

    # -- chance

    def _draw(self, letter: Letter, what: object) -> float:
        return number(self._seed, "webhook", letter.number, what) / _SHARE

    def _draws(self, letter: Letter, what: object, share: float) -> bool:
        return share > 0.0 and self._draw(letter, what) < share


def fate_of(manners: Manners, attempt: int, status: int | None) -> Fate:
    """What becomes of a delivery whose try number `attempt` (from 1) was answered so."""
    if manners.accepts(status):
        return Fate.DELIVERED
    if status in manners.final or attempt > len(manners.waits):
        return Fate.GIVEN_UP
    return Fate.AGAIN
