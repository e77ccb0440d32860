"""Paging by time: messages that share a millisecond are neither lost nor doubled where a page ends between them."""

from __future__ import annotations

import bisect
import collections
import itertools
import random
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from aioconvo import AsyncPaginator, PaginationError
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Ask, Pager
from aioconvo.smooch import Message, MessageType, Role
from aioconvo.smooch.pages import MessagePage, message_pager
from tests.campaign import examples
from tests.paging.positions import stored

Factory = Callable[[Mark | None], Pager[MessagePage, Message]]

NOW = 1_700_000_000_000_000
"""Microseconds, as all times here: a float holds no more of a moment of our days."""
MILLISECOND = 1_000
BOUND = re.compile(r"[0-9]+\.[0-9]{3}")


class Server:
    """Messages in the order they came, a page at a time, with exclusive bounds."""

    def __init__(self, times: Sequence[int], page_size: int, *, newest_first: bool) -> None:
        self.times = list(times)
        self.messages = [_message(index, time) for index, time in enumerate(times)]
        self.page_size = page_size
        self.newest_first = newest_first
        self.requests = 0

    def arrive(self, name: int, time: int) -> None:
        self.times.append(time)
        self.messages.append(_message(name, time))

    def delete(self, index: int) -> str:
        del self.times[index]
        return self.messages.pop(index).id

    def ids(self) -> list[str]:
        return [message.id for message in self.messages]

    def page(self, ask: Ask) -> MessagePage:
        self.requests += 1
        query = dict(ask.query)
        assert len(query) < 2
        if "after" in query:
            first = bisect.bisect_right(self.times, self._bound(query["after"]))
            page = self.messages[first : first + self.page_size]
        else:
            last = bisect.bisect_left(self.times, self._bound(query["before"])) if query else len(self.times)
            page = self.messages[max(0, last - self.page_size) : last]
        return MessagePage(messages=page[::-1] if self.newest_first else page)

    def _bound(self, text: str) -> Decimal:
        assert BOUND.fullmatch(text)
        return Decimal(text) * 1_000_000


def _message(name: int, time: int) -> Message:
    return Message(id=f"m{name}", role=Role.APP_USER, type=MessageType.TEXT, received=time / 1_000_000)


def factory(page_size: int, *, backward: bool) -> Factory:
    return message_pager(before=None, after=None if backward else 0, page_size=page_size)


def walk(server: Server, make: Factory) -> list[str]:
    """Ids in the order a walk gives them. A request brings something new or ends the walk, but for confirming ties."""
    found: list[str] = []
    pager = make(None)
    at_most = 3 * len(server.messages) + 3
    while (ask := pager.ask()) is not None:
        found += [message.id for message in pager.take(server.page(ask)).items]
        assert server.requests <= at_most, "the walk does not end"
    return found


def millisecond(time: int, *, backward: bool) -> int:
    """Which messages only an id tells apart: bounds of whole milliseconds have one open end."""
    return time // MILLISECOND if backward else -(-time // MILLISECOND)


def most_ties(times: Sequence[int], *, backward: bool) -> int:
    return max(collections.Counter(millisecond(time, backward=backward) for time in times).values(), default=0)


# The figure: 10,000 messages, three in ten of which share a millisecond with a neighbour.

MANY = 10_000
PAGE = 100


def tied_times(*, backward: bool) -> list[int]:
    """Ties of random length, and one across the edge of every page that a walk from the start, or from the end, reads."""
    draws = random.Random(5)  # noqa: S311 -- data, no secret

    def gap(index: int) -> int:
        # A page begins with the message at its edge read again, so edges lie 99 apart; nothing beside them may move them.
        place = index % (PAGE - 1)
        across_an_edge = place == 1 and index > 1
        elsewhere = place > 2 and draws.random() < 0.158
        return 0 if across_an_edge or elsewhere else draws.randrange(1, 9_000)

    gaps = [gap(index) for index in range(MANY)]
    if backward:
        gaps = [gaps[0], *gaps[:0:-1]]
    return [NOW + time * MILLISECOND for time in itertools.accumulate(gaps)]


def share_of_ties(times: Sequence[int]) -> float:
    return sum(count for count in collections.Counter(times).values() if count > 1) / len(times)


def naive_losses(server: Server, *, backward: bool) -> int:
    """What is lost by taking the last message's own time as the next bound."""
    parameter, pick = ("before", min) if backward else ("after", max)
    found: set[str] = set()
    page = server.page(Ask() if backward else Ask((("after", "0.000"),))).messages
    while page:
        found |= {message.id for message in page}
        edge = pick(message.received for message in page)
        page = server.page(Ask(((parameter, f"{edge:.3f}"),))).messages
    return len(server.messages) - len(found)


@pytest.mark.parametrize("newest_first", [False, True], ids=["pages-oldest-first", "pages-newest-first"])
@pytest.mark.parametrize("backward", [True, False], ids=["backward", "forward"])
@pytest.mark.parametrize("resumed", [False, True], ids=["one-walk", "resumed-after-every-page"])
async def test_ten_thousand_messages(
    record_property: Callable[[str, object], None], *, backward: bool, newest_first: bool, resumed: bool
) -> None:
    times = tied_times(backward=backward)
    server = Server(times, PAGE, newest_first=newest_first)
    make = factory(PAGE, backward=backward)

    async def fetch(ask: Ask) -> SimpleNamespace:
        return SimpleNamespace(data=server.page(ask))

    pages: list[Sequence[Message]] = []
    if resumed:
        position = None
        more = True
        while more:
            page = await AsyncPaginator(fetch, make, walk="ties", start=position)
            pages.append(page.items)
            position, more = page.position, page.has_more
    else:
        pages = [page.items async for page in AsyncPaginator(fetch, make, walk="ties").pages()]

    found = [message.id for page in pages for message in page]
    assert found == (server.ids()[::-1] if backward else server.ids())
    edges = [(one[-1].received, two[0].received) for one, two in itertools.pairwise(pages) if two]
    figures = {
        "messages": len(found),
        "distinct": len(set(found)),
        "share of ties": round(share_of_ties(times), 3),
        "requests": server.requests,
        "page edges": len(edges),
        "page edges inside ties": sum(one == two for one, two in edges),
        "lost by a naive walk": naive_losses(server, backward=backward),
    }
    for name, value in figures.items():
        record_property(name, value)
    print(figures)  # noqa: T201 -- shown with pytest -s
    assert figures["distinct"] == MANY
    assert 0.29 < figures["share of ties"] < 0.31
    assert figures["page edges inside ties"] == figures["page edges"] == 100
    assert figures["lost by a naive walk"] > 0


# As many ties as a page holds, and one more.


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("around", [(0, 0), (0, 250), (250, 0), (149, 37), (200, 100)], ids=str)
@pytest.mark.parametrize("page_size", [1, 2, PAGE])
def test_as_many_ties_as_a_page_holds(*, page_size: int, around: tuple[int, int], backward: bool, newest_first: bool) -> None:
    before, after = around
    for ties in (page_size, page_size + 1):
        gaps = [*[7 * MILLISECOND] * before, MILLISECOND, *[0] * (ties - 1), *[MILLISECOND] * after]
        times = [NOW + time for time in itertools.accumulate(gaps)]
        server = Server(times, page_size, newest_first=newest_first)
        make = factory(page_size, backward=backward)
        if ties > page_size:
            with pytest.raises(PaginationError, match=f"more than {page_size} items share one millisecond"):
                walk(server, make)
        else:
            found = walk(server, make)
            assert len(found) == len(times)
            assert set(found) == set(server.ids())


# Properties.

GAPS = st.sampled_from([0, 0, 0, 1, 300, 999, MILLISECOND, MILLISECOND, MILLISECOND + 1, 5 * MILLISECOND, 3_600_000_000])
WHOLE_GAPS = st.sampled_from([0, 0, 0, MILLISECOND, 2 * MILLISECOND, 3_600_000_000])


@given(
    gaps=st.lists(WHOLE_GAPS, max_size=40),
    page_size=st.integers(1, 7),
    backward=st.booleans(),
    newest_first=st.booleans(),
)
@settings(deadline=None, max_examples=examples(180))
def test_whole_milliseconds(*, gaps: list[int], page_size: int, backward: bool, newest_first: bool) -> None:
    times = [NOW + time for time in itertools.accumulate(gaps)]
    server = Server(times, page_size, newest_first=newest_first)
    if most_ties(times, backward=backward) > page_size:
        with pytest.raises(PaginationError, match="share one millisecond"):
            walk(server, factory(page_size, backward=backward))
        return
    found = walk(server, factory(page_size, backward=backward))
    assert sorted(found) == sorted(server.ids())
    _check_order(found, server, backward=backward)


@given(
    gaps=st.lists(GAPS, max_size=40),
    page_size=st.integers(1, 7),
    backward=st.booleans(),
    newest_first=st.booleans(),
)
@settings(deadline=None, max_examples=examples(180))
def test_fractions_of_a_millisecond(*, gaps: list[int], page_size: int, backward: bool, newest_first: bool) -> None:
    times = [NOW + time for time in itertools.accumulate(gaps)]
    server = Server(times, page_size, newest_first=newest_first)
    try:
        found = walk(server, factory(page_size, backward=backward))
    except PaginationError:
        # A page filled by one millisecond cannot always be told from more than a page: then it says so and loses nothing.
        assert most_ties(times, backward=backward) >= page_size
        return
    assert sorted(found) == sorted(server.ids())
    _check_order(found, server, backward=backward)


def _check_order(found: list[str], server: Server, *, backward: bool) -> None:
    if not server.newest_first:
        assert found == (server.ids()[::-1] if backward else server.ids())
        return
    # A page within one millisecond does not show which way it runs.
    milliseconds = {
        message.id: millisecond(time, backward=backward) for message, time in zip(server.messages, server.times, strict=True)
    }
    order = [milliseconds[name] for name in found]
    assert order == sorted(order, reverse=backward)


class LivingConversation(RuleBasedStateMachine):
    """A walk while messages come and go, put away and taken up again at any page."""

    @initialize(
        gaps=st.lists(GAPS, max_size=20), page_size=st.integers(2, 6), backward=st.booleans(), newest_first=st.booleans()
    )
    def begin(self, *, gaps: list[int], page_size: int, backward: bool, newest_first: bool) -> None:
        self.backward = backward
        self.server = Server([], page_size, newest_first=newest_first)
        self.make = factory(page_size, backward=backward)
        self.pager = self.make(None)
        self.came = 0
        self.last = NOW
        self.found: list[str] = []
        self.moments: dict[str, int] = {}
        self.due: set[str] = set()
        for gap in gaps:
            self.arrive(gap)

    @rule(gap=GAPS)
    def arrive(self, gap: int) -> None:
        at = self.last + gap
        if most_ties([*self.server.times, at], backward=self.backward) >= self.server.page_size:
            at = (self.last // MILLISECOND + 2) * MILLISECOND
        self.last = at
        self.server.arrive(self.came, at)
        self.moments[f"m{self.came}"] = millisecond(at, backward=self.backward)
        # Who walks to older messages does not meet what comes after the walk began.
        if not self.backward or not self.server.requests:
            self.due.add(f"m{self.came}")
        self.came += 1

    @precondition(lambda self: bool(self.server.messages))
    @rule(draw=st.integers(0, 1_000))
    def delete(self, draw: int) -> None:
        self.due.discard(self.server.delete(draw % len(self.server.messages)))

    @rule()
    def turn_page(self) -> None:
        ask = self.pager.ask()
        if ask is not None:
            there = set(self.server.ids())
            new = [message.id for message in self.pager.take(self.server.page(ask)).items]
            assert there.issuperset(new)
            self.found += new

    @rule()
    def resume(self) -> None:
        self.pager = self.make(stored(self.pager.mark()))

    def teardown(self) -> None:
        if not hasattr(self, "pager"):
            return
        self.resume()
        at_most = self.server.requests + len(self.server.messages) + 3
        while self.pager.ask() is not None:
            self.turn_page()
            assert self.server.requests <= at_most, "the walk does not end"
        assert len(self.found) == len(set(self.found))
        assert self.due.issubset(self.found)
        order = [self.moments[name] for name in self.found]
        assert order == sorted(order, reverse=self.backward)


LivingConversation.TestCase.settings = settings(deadline=None, max_examples=examples(100), stateful_step_count=40)
TestLivingConversation = LivingConversation.TestCase
