"""Whether a target holds all that was asked for: per conversation and in all. Pure; `verify` reads the ledger for it."""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import os
from collections import Counter
from collections.abc import Generator, Iterable, Iterator

import msgspec

from aioconvo.core.codec import Model

from .batch import Account, Fault
from .errors import target_errors
from .ledger import Ledger, State
from .sinks import open_sink

__all__ = [
    "Completeness",
    "ConversationState",
    "UnfinishedList",
    "Verdict",
    "conversation_states",
    "judge",
    "judged",
    "look",
    "verify",
]

_MOST_NAMED = 1000


class Verdict(enum.StrEnum):
    """How a conversation stands.

    `COMPLETE`: walked to the API's end, with at least as many messages as the API says there are; `SHORT`: walked, but with
    fewer; `UNFINISHED`: not walked to the end yet, or changed since; `FAILED`: the last try ended with an error; `GONE`: the
    API does not know it, nor does any list or file name it any more: what came before is kept, and nothing is missing.
    """

    COMPLETE = "complete"
    SHORT = "short"
    UNFINISHED = "unfinished"
    FAILED = "failed"
    GONE = "gone"

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self in {Verdict.COMPLETE, Verdict.GONE}


class ConversationState(Model):
    """One conversation in a target: `messages` it holds, `told` by the API where it tells, `gap` how many are then missing.

    `first` and `last` are when its oldest and newest message were sent; `reached_end`: a walk came to the API's end.
    """

    account: Account
    id: str
    verdict: Verdict
    messages: int
    told: int | None
    gap: int
    first: dt.datetime | None
    last: dt.datetime | None
    reached_end: bool
    fault: Fault | None


class UnfinishedList(Model):
    """A list of conversations that was not walked to its end: of the whole account, or of a `user`."""

    account: Account
    user: str
    fault: Fault | None


class Completeness(Model):
    """What a target holds: counts of conversations by verdict, of messages, and what is missing.

    `incomplete` and `lists` name what is not complete, the first 1,000 of each; `lists_unfinished` counts them all.
    """

    conversations: int
    messages: int
    verdicts: dict[Verdict, int]
    incomplete: tuple[ConversationState, ...]
    lists: tuple[UnfinishedList, ...]
    lists_unfinished: int
    rounds_open: bool

    @property
    def complete(self) -> bool:
        """Whether every list and every conversation is."""
        return not self.short and not self.lists_unfinished and not self.rounds_open

    @property
    def short(self) -> int:
        """How many conversations are not."""
        return sum(count for verdict, count in self.verdicts.items() if not verdict.whole)


def judged(state: State, *, bounded: bool) -> ConversationState:
    """The state with its verdict; where the export is `bounded` in time or channel, the API's own count tells nothing."""
    told = None if bounded else state.told
    gap = max(0, (told or 0) - state.messages)
    if state.fault is not None:
        verdict = Verdict.FAILED if state.due else Verdict.GONE
    elif state.due or not state.ended:
        verdict = Verdict.UNFINISHED
    else:
        verdict = Verdict.SHORT if gap else Verdict.COMPLETE
    return ConversationState(
        account=state.account,
        id=state.id,
        verdict=verdict,
        messages=state.messages,
        told=told,
        gap=gap,
        first=state.first,
        last=state.last,
        reached_end=state.ended,
        fault=state.fault,
    )


def judge(states: Iterable[ConversationState], lists: Iterable[UnfinishedList], *, rounds_open: bool) -> Completeness:
    """All conversations together; they are looked at one at a time."""
    verdicts: Counter[Verdict] = Counter()
    messages = 0
    incomplete: list[ConversationState] = []
    for state in states:
        verdicts[state.verdict] += 1
        messages += state.messages
        if not state.verdict.whole and len(incomplete) < _MOST_NAMED:
            incomplete.append(state)
    unfinished: list[UnfinishedList] = []
    count = 0
    for one in lists:
        count += 1
        if len(unfinished) < _MOST_NAMED:
            unfinished.append(one)
    return Completeness(
        conversations=verdicts.total(),
        messages=messages,
        verdicts=dict(verdicts),
        incomplete=tuple(incomplete),
        lists=tuple(unfinished),
        lists_unfinished=count,
        rounds_open=rounds_open,
    )


def look(ledger: Ledger) -> Completeness:
    """What the target of an open ledger holds."""
    bounded = ledger.identity.bounded
    return judge(
        (judged(state, bounded=bounded) for state in ledger.states()),
        (UnfinishedList(account=account, user=user, fault=fault) for account, user, fault in ledger.open_lists()),
        rounds_open=any(ledger.sources().values()),
    )


def verify(target: str | os.PathLike[str]) -> Completeness:
    """What a target holds and what is missing, by its ledger alone; blocks.

    Where the last run was killed before it had finished the target's files, its round counts as open.

    Raises:
        ExportError: There is no such target, or an export is writing to it.
    """
    with _loaded(target) as ledger:
        held = look(ledger)
        return msgspec.structs.replace(held, rounds_open=held.rounds_open or ledger.unfinished)


def conversation_states(target: str | os.PathLike[str]) -> Iterator[ConversationState]:
    """Every conversation of a target, one at a time, in the order they were first listed; blocks. Raises as `verify` does."""
    with _loaded(target) as ledger:
        bounded = ledger.identity.bounded
        for state in ledger.states():
            yield judged(state, bounded=bounded)


@contextlib.contextmanager
def _loaded(target: str | os.PathLike[str]) -> Generator[Ledger]:
    with target_errors(target), open_sink(target).ledger.reading() as ledger:
        yield ledger
