"""Lists by time whose items have no time that its field can hold.

Nothing that came is lost, and the walk goes on wherever anything tells where.
"""

from __future__ import annotations

import bisect
import itertools
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from aioconvo import AsyncPaginator, PaginationError
from aioconvo.core.json.codec import decode
from aioconvo.core.paging.pagers import Ask
from aioconvo.smooch.pages import MessagePage as SmoochPage, message_pager as smooch_pager
from aioconvo.ultracart.pages import MessagePage as UltraCartPage, message_pager as ultracart_pager

SIZE = 5
FIRST = 1_700_000_000


class Answer:
    """All that a walk wants of a response."""

    def __init__(self, data: Any) -> None:
        self.data = data


def iso(second: int) -> str:
    return f"2023-11-14T22:{13 + (20 + second - FIRST) // 60:02d}:{(20 + second - FIRST) % 60:02d}Z"


class Smooch:
    """Messages a second apart, whose times are written by `write`; with `links`, answers name the pages beside them."""

    def __init__(self, count: int, write: Callable[[int], object], *, links: bool = False) -> None:
        self.seconds = list(range(FIRST, FIRST + count))
        self.write = write
        self.links = links

    async def fetch(self, ask: Ask) -> Answer:
        query = dict(ask.query)
        if "after" in query:
            first = bisect.bisect_right(self.seconds, float(query["after"]))
            page = self.seconds[first : first + SIZE]
        else:
            last = bisect.bisect_left(self.seconds, float(query["before"])) if query else len(self.seconds)
            page = self.seconds[max(0, last - SIZE) : last]
        told: dict[str, object] = {
            "messages": [{"_id": str(one), "role": "appUser", "type": "text", "received": self.write(one)} for one in page]
        }
        if self.links and page:
            told |= {name: f"https://other.example/messages?{word}={page[at]}.000" for name, word, at in LINKS}
        return Answer(decode(json.dumps(told).encode(), SmoochPage))

    def listed(self, *, backward: bool, **options: Any) -> AsyncPaginator[Any]:
        pager = smooch_pager(before=None, after=None if backward else 0, page_size=SIZE)
        return AsyncPaginator(self.fetch, pager, walk="smooch", **options)

    def ids(self, *, backward: bool) -> list[str]:
        return [str(one) for one in (self.seconds[::-1] if backward else self.seconds)]


LINKS = (("previous", "before", 0), ("next", "after", -1))
UNREADABLE: list[Callable[[int], object]] = [lambda _: None, lambda _: "soon", lambda _: {"at": 1}, lambda _: True]
READABLE: list[Callable[[int], object]] = [iso, lambda one: one * 1000, lambda one: f"{one}.0", lambda one: iso(one)[:-1]]


async def walked(listed: AsyncPaginator[Any], key: Callable[[Any], str]) -> tuple[list[str], str | None, str]:
    """The ids that came, what the walk failed with, and where it stood."""
    found: list[str] = []
    position = ""
    try:
        async for page in listed.pages():
            found += [key(message) for message in page]
            position = page.position
    except PaginationError as error:
        return found, str(error), position
    return found, None, position


def smooch_id(message: Any) -> str:
    return str(message.id)


@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("write", READABLE)
async def test_smooch_goes_by_times_in_another_form(write: Callable[[int], object], backward: bool) -> None:
    server = Smooch(3 * SIZE + 2, write)
    assert (await walked(server.listed(backward=backward), smooch_id))[:2] == (server.ids(backward=backward), None)


@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("write", UNREADABLE)
async def test_smooch_goes_by_links_where_no_time_can_be_read(write: Callable[[int], object], backward: bool) -> None:
    server = Smooch(3 * SIZE + 2, write, links=True)
    found, error, _ = await walked(server.listed(backward=backward), smooch_id)
    assert (sorted(found), error) == (sorted(server.ids(backward=True)), None)
    cut = await walked(server.listed(backward=backward, limit=SIZE + 2), smooch_id)
    rest = await server.listed(backward=backward, start=cut[2]).collect()
    assert [*cut[0], *map(smooch_id, rest)] == found


@pytest.mark.parametrize("write", UNREADABLE)
async def test_the_only_page_of_smooch_needs_no_time(write: Callable[[int], object]) -> None:
    server = Smooch(SIZE - 1, write)
    found, error, _ = await walked(server.listed(backward=True), smooch_id)
    assert (sorted(found), error) == (server.ids(backward=False), None)


@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("write", UNREADABLE)
async def test_smooch_gives_the_page_after_which_it_cannot_go_on(write: Callable[[int], object], backward: bool) -> None:
    server = Smooch(3 * SIZE, write)
    found, error, position = await walked(server.listed(backward=backward), smooch_id)
    assert sorted(found) == server.ids(backward=False)[-SIZE if backward else 0 :][:SIZE]
    assert error is not None
    assert "carries no times" in error
    # From there on nothing comes again, and the times may be readable by then.
    again, error, _ = await walked(server.listed(backward=backward, start=position), smooch_id)
    assert again == []
    assert error is not None
    server.write = float
    rest = await server.listed(backward=backward, start=position).collect()
    assert sorted([*found, *map(smooch_id, rest)]) == server.ids(backward=False)


@pytest.mark.parametrize("bounds", [[7], [7, 9, 7], [9, 8, 9, 8]])
async def test_links_that_lead_back_end_in_an_error(bounds: list[int]) -> None:
    server = Smooch(3 * SIZE, lambda _: None)
    leading = itertools.cycle(bounds)

    async def fetch(ask: Ask) -> Answer:
        answer = await server.fetch(ask)
        link = f"https://other.example/messages?before={FIRST + next(leading)}.000"
        return Answer(msgspec.structs.replace(answer.data, previous=link))

    listed = AsyncPaginator(fetch, smooch_pager(before=None, after=None, page_size=SIZE), walk="smooch")
    found, error, _ = await walked(listed, smooch_id)
    assert len(found) == len(set(found))
    assert error is not None


class UltraCart:
    """Messages a second apart; `times` writes their two times, and `more` is whether an answer says that more follow."""

    def __init__(self, count: int, times: Callable[[int], dict[str, object]], *, more: bool = True) -> None:
        self.seconds = list(range(FIRST, FIRST + count))
        self.times = times
        self.more = more
        self.requests = 0

    async def fetch(self, ask: Ask) -> Answer:
        self.requests += 1
        first = bisect.bisect_left(self.seconds, ask.path[0] / 1000)
        page = self.seconds[first : first + SIZE]
        rows = [{"conversation_message_uuid": str(one), **self.times(one)} for one in page]
        told: dict[str, object] = {"success": True, "conversation_messages": rows}
        if self.more:
            told["metadata"] = {"result_set": {"more": first + SIZE < len(self.seconds)}}
        return Answer(decode(json.dumps(told).encode(), UltraCartPage))

    def listed(self, **options: Any) -> AsyncPaginator[Any]:
        return AsyncPaginator(self.fetch, ultracart_pager(since=0, page_size=SIZE), walk="ultracart", **options)

    def ids(self) -> list[str]:
        return list(map(str, self.seconds))


def ultracart_id(message: Any) -> str:
    return str(message.conversation_message_uuid)


NO_TIMES: list[Callable[[int], dict[str, object]]] = [
    lambda _: {},
    lambda _: {"message_epoch": None, "message_dts": None},
    lambda _: {"message_epoch": "soon", "message_dts": "later"},
    lambda one: {"message_dts": iso(one)[:-1]},  # in whose time zone?
]
TIMES: list[Callable[[int], dict[str, object]]] = [
    lambda one: {"message_epoch": f"{one}000"},
    lambda one: {"message_epoch": iso(one)},
    lambda one: {"message_epoch": one * 1000 + 0.5},
    lambda one: {"message_epoch": "soon", "message_dts": iso(one)},
    lambda one: {"message_epoch": iso(one), "message_dts": "soon"},
]


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("times", TIMES)
async def test_ultracart_goes_by_times_in_another_form(times: Callable[[int], dict[str, object]], more: bool) -> None:
    server = UltraCart(3 * SIZE + 2, times, more=more)
    assert (await walked(server.listed(), ultracart_id))[:2] == (server.ids(), None)


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("times", NO_TIMES)
async def test_the_only_page_of_ultracart_needs_no_time(times: Callable[[int], dict[str, object]], more: bool) -> None:
    server = UltraCart(SIZE - 1, times, more=more)
    assert (await walked(server.listed(), ultracart_id))[:2] == (server.ids(), None)
    assert server.requests == (1 if more else 2)  # one that says nothing of more is asked for again


@pytest.mark.parametrize("times", NO_TIMES)
async def test_a_full_page_that_says_no_more_follow_needs_no_time(times: Callable[[int], dict[str, object]]) -> None:
    server = UltraCart(SIZE, times)
    assert (await walked(server.listed(), ultracart_id))[:2] == (server.ids(), None)


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("times", NO_TIMES)
async def test_ultracart_gives_the_page_after_which_it_cannot_go_on(
    times: Callable[[int], dict[str, object]], more: bool
) -> None:
    server = UltraCart(3 * SIZE, times, more=more)
    found, error, position = await walked(server.listed(), ultracart_id)
    assert found == server.ids()[:SIZE]
    assert error is not None
    assert "carry no times" in error
    again, error, _ = await walked(server.listed(start=position), ultracart_id)
    assert again == []
    assert error is not None
    server.times = TIMES[0]
    assert [*found, *map(ultracart_id, await server.listed(start=position).collect())] == server.ids()
