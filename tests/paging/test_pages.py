"""Pages and lists as users hold them: sequences, copies, pickles, types, those made by hand for tests."""

from __future__ import annotations

import asyncio
import copy
import pickle
from collections.abc import Sequence
from typing import Any, assert_type

import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo import AsyncPaginator, Page, Response
from aioconvo.convore import Message
from aioconvo.core.operations.operation import ANY_JSON, Effect, Operation


class Animal:
    """What is listed."""


class Dog(Animal):
    """A narrower kind of it."""


def test_a_page_is_a_sequence_of_its_items() -> None:
    page = Page.of(["a", "b", "c"], has_more=True, position="here")
    assert (len(page), list(page), page[0], page[-1], page[1:]) == (3, ["a", "b", "c"], "a", "c", ["b", "c"])
    assert "b" in page
    assert [*reversed(page)] == ["c", "b", "a"]
    assert (page.has_more, page.position, page.response.status) == (True, "here", 0)
    with pytest.raises(IndexError):
        page[3]


def test_pages_and_lists_of_a_narrower_kind_pass_for_those_of_a_wider_one() -> None:
    """The type checker looks at this."""
    page: Page[Animal] = Page.of([Dog()])
    listed: AsyncPaginator[Animal] = AsyncPaginator.of([Dog()])
    assert_type(Page.of([Dog()])[0], Dog)
    assert_type(page.items, Sequence[Animal])
    assert_type(page.response, Response[Any])
    assert_type(aioconvo.ConvoreClient(api_key="k").messages.list(), AsyncPaginator[Message])
    assert isinstance(page[0], Dog)
    assert isinstance(listed, AsyncPaginator)


async def _page(wire: Any) -> Page[Message]:
    wire.answers("GET", {"data": [{"id": "m"}, {"id": "n"}], "next_cursor": "c"})
    async with aioconvo.ConvoreClient(api_key="k", base_url=wire.base_url) as client:
        return await client.messages.list(limit=1)


async def test_a_page_can_be_copied_and_pickled(wire: Any) -> None:
    page = await _page(wire)
    operation: Operation[Any] = Operation(
        "convore.messages.list", "list_messages", "GET", "/v1/messages", ANY_JSON, Effect.READ
    )
    plain: Page[str] = Page.of(["a"], has_more=True, response=Response("data", 200, {}, b"{}", 1, 0.1, None, operation))
    held = Page(plain.items, plain.has_more, plain.response, page._position)
    for one in (plain, held):
        for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):  # noqa: S301 -- our own
            assert (list(other), other.has_more, other.position) == (list(one), one.has_more, one.position)
            assert other.response.data == "data"


async def test_a_page_holds_the_response_it_came_in(wire: Any) -> None:
    page = await _page(wire)
    assert page.response.status == 200
    assert page.response.operation.python == "convore.messages.list"


async def test_a_list_says_what_to_write_where_a_coroutine_is_wanted() -> None:
    async with aioconvo.ConvoreClient(api_key="k") as client:
        listed: Any = client.messages.list()
        with pytest.raises(TypeError, match=r"convore GET /v1/messages.*give its \.collect\(\) to a task"):
            asyncio.create_task(listed)  # noqa: RUF006 -- it makes none
        with pytest.raises(TypeError, match="use 'async for'"):
            iter(listed)
        assert "secret" not in repr(client.messages.list(conversation_id="secret"))


# Made by hand.


@given(
    items=st.lists(st.integers(), max_size=20),
    page_size=st.none() | st.integers(1, 6),
    limit=st.none() | st.integers(0, 25),
    prefetch=st.integers(0, 2),
)
def test_a_list_made_by_hand_is_walked_like_any_other(
    items: list[int], page_size: int | None, limit: int | None, prefetch: int
) -> None:
    async def walk() -> None:
        made = AsyncPaginator.of(items, page_size=page_size, limit=limit, prefetch=prefetch)
        wanted = items if limit is None else items[:limit]
        assert await made.collect() == wanted
        assert [item async for item in made] == wanted
        pages = [page async for page in made.pages()]
        assert all(len(page) == page_size for page in pages[:-1])
        for place, page in enumerate(pages):
            rest = await AsyncPaginator.of(items, page_size=3, start=page.position).collect()
            assert [*(item for one in pages[: place + 1] for item in one), *rest] == items
        first = await made
        assert (first.response.status, first.response.headers) == (0, {})
        assert list(first) == (list(pages[0]) if pages else [])

    asyncio.run(walk())


@pytest.mark.parametrize("page_size", [0, -1, 1.5])
def test_a_list_made_by_hand_has_pages_of_one_item_or_more(page_size: Any) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match="page_size must be 1 or more items"):
        AsyncPaginator.of([1, 2, 3], page_size=page_size)


async def test_a_limit_of_nothing_does_not_look_like_the_end() -> None:
    assert (await AsyncPaginator.of([1], limit=0)).has_more
    assert not (await AsyncPaginator.of([])).has_more
    ended = (await AsyncPaginator.of([1])).position
    assert not (await AsyncPaginator.of([1], limit=0, start=ended)).has_more


def test_a_position_made_by_hand_is_none_of_a_list() -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match="start is no position"):
        AsyncPaginator.of([1], start=Page.of([1]).position)
