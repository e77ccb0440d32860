"""Lists asked for by "since": whatever the bound means and whoever shares a millisecond, nothing is lost or doubled."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings, strategies as st

import aioconvo
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Ask
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.paging.timed import SincePager
from tests.campaign import examples


class Message(NamedTuple):
    id: str | None
    time: int | None


class Answer(NamedTuple):
    messages: list[Message]
    more: bool | None = None


class Thread:
    """The messages of a conversation on a server, oldest first."""

    def __init__(self, times: list[int], *, inclusive: bool = True, limit: int = 1000, tells: bool = True) -> None:
        self.messages = [Message(f"m{place}", at) for place, at in enumerate(sorted(times))]
        self.inclusive = inclusive
        self.limit = limit
        self.tells = tells
        self.requests = 0

    def add(self, after: int) -> None:
        last = self.messages[-1].time if self.messages else 1_000
        self.messages.append(Message(f"m{len(self.messages)}", (last or 0) + after))

    def answer(self, since: int, limit: int) -> Answer:
        self.requests += 1
        bound = since if self.inclusive else since + 1
        found = [message for message in self.messages if (message.time or 0) >= bound]
        limit = min(limit, self.limit)
        return Answer(found[:limit][::-1], len(found) > limit if self.tells else None)

    def ids(self) -> list[str | None]:
        return [message.id for message in self.messages]


def make(page_size: int, *, since: int = 0) -> Callable[[Mark | None], SincePager[Answer, Message]]:
    return lambda mark: SincePager(
        lambda answer: answer.messages,
        lambda message: message.time,
        lambda message: message.id,
        more=lambda answer: answer.more,
        since=since,
        page_size=page_size,
        mark=mark,
    )


def walk(pager: SincePager[Answer, Message], thread: Thread, page_size: int, arrivals: list[int]) -> list[Message]:
    """All messages of a walk; between two requests the next of `arrivals` comes in, so many ms after the last."""
    found: list[Message] = []
    coming = iter(arrivals)
    while (ask := pager.ask()) is not None:
        (since,) = ask.path
        found += pager.take(thread.answer(since, page_size)).items
        for after in (next(coming, None),):
            if after is not None:
                thread.add(after)
    return found


def crowded(times: list[int], page_size: int) -> bool:
    """Whether more messages share two neighbouring milliseconds than a page has."""
    counts = Counter(times)
    return any(counts[at] + counts[at - 1] >= page_size for at in counts)


TIMES = st.lists(st.integers(1_000, 1_020), max_size=40)


@settings(max_examples=examples(250), deadline=None)
@given(
    times=TIMES,
    page_size=st.integers(1, 9),
    lowered=st.integers(0, 3),
    inclusive=st.booleans(),
    tells=st.booleans(),
    arrivals=st.lists(st.integers(1, 5), max_size=6),
)
def test_everything_comes_once_and_in_order(
    times: list[int], page_size: int, lowered: int, inclusive: bool, tells: bool, arrivals: list[int]
) -> None:
    limit = max(1, page_size - lowered)
    newest = max(times, default=1_000)
    assume(not crowded([*times, *list(itertools.accumulate(arrivals, initial=newest))[1:]], limit))
    thread = Thread(times, inclusive=inclusive, limit=limit, tells=tells)
    there = thread.ids()
    found = walk(make(page_size)(None), thread, page_size, arrivals)
    assert {message.id for message in found} >= set(there)
    assert len(found) == len(set(found))
    assert [message.time for message in found] == sorted(message.time or 0 for message in found)


@settings(max_examples=examples(180), deadline=None)
@given(times=TIMES, page_size=st.integers(1, 9), inclusive=st.booleans(), lowered=st.booleans())
def test_a_crowd_is_walked_through_or_refused_but_never_cut(
    times: list[int], page_size: int, inclusive: bool, lowered: bool
) -> None:
    thread = Thread(times, inclusive=inclusive, limit=max(1, page_size - lowered))
    try:
        found = walk(make(page_size)(None), thread, page_size, [])
    except aioconvo.PaginationError:
        assert crowded(times, thread.limit if lowered else page_size)
    else:
        assert sorted(found) == sorted(thread.messages)


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize("tells", [True, False])
def test_more_ties_than_a_page(inclusive: bool, tells: bool) -> None:
    thread = Thread([1_000, 2_000, 2_000, 2_000, 2_000, 3_000], inclusive=inclusive, tells=tells)
    with pytest.raises(aioconvo.PaginationError, match="share a moment"):
        walk(make(3)(None), thread, 3, [])


@settings(max_examples=examples(120), deadline=None)
@given(
    times=TIMES,
    page_size=st.integers(1, 9),
    inclusive=st.booleans(),
    since=st.integers(990, 1_025),
    new=st.lists(st.integers(1, 3), max_size=4),
)
def test_every_position_goes_on_exactly_there(
    times: list[int], page_size: int, inclusive: bool, since: int, new: list[int]
) -> None:
    assume(not crowded(times, page_size))
    thread = Thread(times, inclusive=inclusive)
    pager = make(page_size, since=since)(None)
    stops: list[tuple[Mark, list[Message]]] = [(pager.mark(), [])]
    while (ask := pager.ask()) is not None:
        items = pager.take(thread.answer(ask.path[0], page_size)).items
        stops.append((pager.mark(), [*stops[-1][1], *items]))
    for after in new:
        thread.add(after)
    assume(not crowded([message.time or 0 for message in thread.messages], page_size))
    wanted = [message for message in thread.messages if (message.time or 0) >= since + (not inclusive)]
    for mark, had in stops:
        found = had + walk(make(page_size, since=since)(mark), thread, page_size, [])
        assert sorted(found) == sorted(wanted)


async def test_the_paginator_walks_it() -> None:
    thread = Thread(list(range(1_000, 1_250)), inclusive=False)

    class Response(NamedTuple):
        data: Answer

    async def fetch(ask: Ask) -> Response:
        return Response(thread.answer(ask.path[0], 100))

    paginator: AsyncPaginator[Message] = AsyncPaginator(fetch, make(100), walk="test", prefetch=2)
    assert [message.id for message in await paginator.collect()] == thread.ids()
    first = await paginator
    later: AsyncPaginator[Message] = AsyncPaginator(fetch, make(100), walk="test", start=first.position)
    assert [message.id for message in [*first.items, *await later.collect()]] == thread.ids()


def test_requests() -> None:
    told, untold = Thread([1, 2, 3]), Thread([1, 2, 3], tells=False)
    walk(make(10)(None), told, 10, [])
    walk(make(10)(None), untold, 10, [])
    assert (told.requests, untold.requests) == (1, 2)


def test_a_server_that_ignores_the_bound_does_not_make_the_walk_go_round() -> None:
    thread = Thread([1_000, 2_000, 3_000], tells=False)
    pager = make(10)(None)
    found: list[Message] = []
    while pager.ask() is not None:
        found += pager.take(thread.answer(0, 10)).items
    assert [message.id for message in found] == thread.ids()


def test_messages_without_times_are_given_before_the_error() -> None:
    pager = make(2)(None)
    pager.ask()
    assert len(pager.take(Answer([Message("a", None), Message("b", None)])).items) == 2
    with pytest.raises(aioconvo.PaginationError, match="carry no times"):
        pager.ask()


def test_a_message_without_a_time_comes_once() -> None:
    pager = make(3)(None)
    assert len(pager.take(Answer([Message("a", None), Message("b", 5)])).items) == 2
    assert pager.ask() == Ask(path=(4,))
    assert pager.take(Answer([Message("a", None), Message("b", 5)])).items == []
    assert pager.ask() is None


def test_a_long_thread_takes_little_time() -> None:
    thread = Thread([])
    thread.messages = [Message(f"m{place}", 1_000 + place // 3) for place in range(100_000)]
    pager, count, at = make(200)(None), 0, 0
    began = time.perf_counter()
    while (ask := pager.ask()) is not None:
        at = next(place for place in range(max(0, at - 6), 100_000) if (thread.messages[place].time or 0) >= ask.path[0])
        count += len(pager.take(Answer(thread.messages[at : at + 200], at + 200 < 100_000)).items)
    print(f"100000 messages: {time.perf_counter() - began:.2f} s")  # noqa: T201 -- a figure for the report
    assert count == 100_000
