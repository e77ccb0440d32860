"""A list that comes whole in one answer, walked through the same interface: SMS.CX conversations."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple

from hypothesis import given, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from aioconvo import AsyncPaginator, Page
from aioconvo.core.json.codec import decode
from aioconvo.core.paging.pagers import Ask, SinglePager
from aioconvo.smscx.pages import ConversationPage, conversation_pager


class Answer(NamedTuple):
    data: list[int]


class Server:
    def __init__(self, items: list[int]) -> None:
        self.items = items
        self.asked = 0

    async def fetch(self, ask: Ask) -> Answer:
        assert ask == Ask()
        self.asked += 1
        return Answer(list(self.items))


def _paginator(server: Server, **options: Any) -> AsyncPaginator[int]:
    return AsyncPaginator(server.fetch, lambda mark: SinglePager(list, mark), walk="single", **options)


class OnePage(RuleBasedStateMachine):
    """Slices of one answer, each by a paginator of its own, as different processes would ask for them."""

    @initialize(items=st.lists(st.integers(), unique=True, max_size=30))
    def begin(self, items: list[int]) -> None:
        self.server = Server(items)
        self.got: list[int] = []
        self.position: str | None = None
        self.ended = False

    @rule(limit=st.integers(1, 12), prefetch=st.integers(0, 2))
    def slice(self, limit: int, prefetch: int) -> None:
        async def walk() -> list[Page[int]]:
            listed = _paginator(self.server, limit=limit, start=self.position, prefetch=prefetch)
            return [page async for page in listed.pages()]

        before = self.server.asked
        pages = asyncio.run(walk())
        assert self.server.asked - before == len(pages) <= 1
        for page in pages:
            self.got += page.items
            self.position = page.position
            self.ended = not page.has_more

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        assert self.got == self.server.items[: len(self.got)]
        assert not self.ended or self.got == self.server.items


TestOnePage = OnePage.TestCase


@given(st.lists(st.integers(), max_size=50))
def test_the_page_is_the_list(items: list[int]) -> None:
    server = Server(items)

    async def walk() -> tuple[Page[int], list[int], list[int]]:
        listed = _paginator(server)
        return await listed, [item async for item in listed], await listed.collect()

    page, walked, collected = asyncio.run(walk())
    assert page.items == walked == collected == items
    assert not page.has_more
    assert server.asked == 3


class Conversations:
    """SMS.CX: all conversations in one answer, newest reply first."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids

    async def fetch(self, ask: Ask) -> Any:
        assert ask == Ask()
        body = json.dumps({"data": [{"conversationId": one} for one in self.ids]}).encode()
        return Whole(decode(body, ConversationPage))

    def listed(self, **options: Any) -> AsyncPaginator[Any]:
        return AsyncPaginator(self.fetch, conversation_pager(), walk="smscx", **options)


class Whole(NamedTuple):
    data: Any


async def test_conversations_that_move_between_two_parts_of_their_list_come_once() -> None:
    server = Conversations(["a", "b", "c", "d", "e"])
    first = [page async for page in server.listed(limit=2).pages()][-1]
    server.ids = ["new", "d", "a", "b", "c", "e"]
    rest = await server.listed(start=first.position).collect()
    assert [one.conversation_id for one in first] == ["a", "b"]
    assert [one.conversation_id for one in rest] == ["new", "d", "c", "e"]
