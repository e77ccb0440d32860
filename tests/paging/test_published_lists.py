"""Every published answer of a list is walked to its end; what a page without a word about the next one means."""

from __future__ import annotations

import itertools
import json
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import aioconvo
from aioconvo.inbox import Conversation, Provider
from aioconvo.sunshine.pages import Meta

_ANSWERS = json.loads((pathlib.Path(__file__).parent / "published_lists.json").read_text())["answers"]
Listed = Callable[..., aioconvo.AsyncPaginator[Any]]
_UUID = "c38fa60d-ce8f-4918-8b9d-d991bc44cb73"
_CONVORE_ID = "chnnl_01h2xcejqtf2nbrexx3vqjhp41"

WALKS: dict[str, Callable[[dict[str, Any]], list[Listed]]] = {
    "ListConversations": lambda c: [
        lambda **o: c["sunshine"].conversations.list(user_id="u", **o),
        lambda **o: c["sunshine"].conversations.list(user_id="u", before="b" * 24, **o),
        lambda **o: c["sunshine"].inbox.conversations(users="u", **o),
    ],
    "ListMessages": lambda c: [
        lambda **o: c["sunshine"].messages.list("c", **o),
        lambda **o: c["sunshine"].messages.list("c", after="a" * 24, **o),
        lambda **o: c["sunshine"].inbox.messages("c", **o),
    ],
    "get-messages": lambda c: [
        lambda **o: c["smooch"].messages.list("u", **o),
        lambda **o: c["smooch"].messages.list("u", after="0", **o),
        lambda **o: c["smooch"].inbox.messages("u", **o),
    ],
    "PageMessage": lambda c: [
        lambda **o: c["convore"].messages.list(conversation_id=_CONVORE_ID, **o),
        lambda **o: c["convore"].inbox.messages(_CONVORE_ID, **o),
    ],
    "PageConversation": lambda c: [c["convore"].conversations.list, c["convore"].inbox.conversations],
    "get_converstions_list": lambda c: [
        lambda **_: c["smscx"].conversations.list(),
        c["smscx"].inbox.conversations,
    ],
    "get_conversation": lambda c: [lambda **o: c["smscx"].inbox.messages(_UUID, **o)],
    "get_conversations": lambda c: [c["ultracart"].conversations.list, c["ultracart"].inbox.conversations],
    "get_conversations_search": lambda c: [
        c["ultracart"].conversations.search,
        lambda **o: c["ultracart"].conversations.search(order_by_oldest=True, **o),
    ],
    "get_conversation_messages": lambda c: [
        lambda **o: c["ultracart"].messages.list(_UUID, **o),
        lambda **o: c["ultracart"].inbox.messages(_KNOWN, **o),
    ],
}


_KNOWN: Conversation = Conversation(provider=Provider.ULTRACART, id=_UUID, native=None, channels=("sms",))


def _clients(base_url: str) -> dict[str, Any]:
    key: dict[str, Any] = {"base_url": base_url, "max_retries": 0}
    app: dict[str, Any] = {"app_id": "a", "key_id": "k", "secret": "s"}
    return {
        "smscx": aioconvo.SmscxClient(api_key="k", **key),
        "sunshine": aioconvo.SunshineClient(**app, **key),
        "smooch": aioconvo.SmoochClient(**app, **key),
        "convore": aioconvo.ConvoreClient(api_key="k", **key),
        "ultracart": aioconvo.UltraCartClient(simple_key="k", **key),
    }


def _last(body: dict[str, Any]) -> dict[str, Any] | None:
    """What a server gives after an answer that says that more follow: nothing."""
    if not body.get("metadata", {}).get("result_set", {}).get("more"):
        return None
    empty = {name: [] if isinstance(value, list) else value for name, value in body.items()}
    return empty | {"metadata": {"result_set": {"more": False, "next_offset": 7, "offset": 7, "count": 0}}}


@pytest.mark.parametrize("prefetch", [0, 2])
@pytest.mark.parametrize("answer", _ANSWERS, ids=lambda answer: f"{answer['operation']}: {answer['source']}")
async def test_every_published_answer_is_walked_to_its_end(wire: Any, answer: dict[str, Any], prefetch: int) -> None:
    name = answer["operation"].partition("[")[0].partition(":")[0].partition(" ")[0]
    method = "POST" if name == "get_conversations_search" else "GET"
    body = answer["body"]
    items: Sequence[Any] = next(value for value in body.values() if isinstance(value, list))
    clients = _clients(wire.base_url)
    for number, listed in enumerate(WALKS[name](clients)):
        wire.answers(method, body)
        if name == "get_conversation_messages" and number == 1:  # UltraCart's inbox asks for the conversation's medium
            wire.answers(method, {"conversation": {"conversation_uuid": _UUID, "medium": "sms"}, "success": True})
        if (last := _last(body)) is not None:
            wire.answers(method, last)
        found = await listed(**({"prefetch": prefetch} if prefetch else {})).collect()
        assert len(found) == len(items)
    for client in clients.values():
        await client.aclose()


def test_the_published_answers_are_of_all_providers() -> None:
    assert {answer["operation"].partition("[")[0].partition(":")[0].partition(" ")[0] for answer in _ANSWERS} == WALKS.keys()
    assert sum(answer["origin"] == "published" for answer in _ANSWERS) == 3


# A page without a word about the next one.


def _conversations(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [{"id": f"{number:024d}", "type": "personal"} for number in range(first, first + count)]


def _people(count: int) -> list[dict[str, Any]]:
    return [{"id": f"{number:024d}"} for number in range(count)]


def _messages(count: int) -> list[dict[str, Any]]:
    kept = {"received": "2025-02-03T18:33:47.466Z", "author": {"type": "business"}}
    return [{"id": f"{number:024d}", **kept} for number in range(count)]


SILENT: list[dict[str, Any]] = [{}, {"meta": {}}, {"links": {}}, {"meta": {}, "links": {}}, {"meta": None, "links": None}]


@pytest.mark.parametrize("silent", SILENT, ids=str)
@pytest.mark.parametrize(
    ("listed", "key", "make", "size"),
    [
        (lambda c: c.conversations.list(user_id="u"), "conversations", _conversations, 25),
        (lambda c: c.conversations.list(user_id="u", page_size=7), "conversations", _conversations, 7),
        (lambda c: c.conversations.list(user_id="u", before="b" * 24), "conversations", _conversations, 25),
        (lambda c: c.inbox.conversations(users="u"), "conversations", _conversations, 100),
        (lambda c: c.participants.list("c"), "participants", _people, 25),
        (
            lambda c: c.participants.list("c", page_size=3),
            "participants",
            _people,
            3,
        ),
        (lambda c: c.messages.list("c"), "messages", _messages, 100),
        (lambda c: c.messages.list("c", after="a" * 24), "messages", _messages, 100),
        (lambda c: c.inbox.messages("c"), "messages", _messages, 100),
    ],
)
async def test_a_short_page_without_paging_members_is_the_last_and_a_full_one_an_error(
    wire: Any, listed: Callable[[Any], Any], key: str, make: Callable[[int], list[Any]], size: int, silent: dict[str, Any]
) -> None:
    async with _clients(wire.base_url)["sunshine"] as client:
        for count in (0, 1, size - 1):
            wire.answers("GET", {key: make(count), **silent})
            page = await listed(client)
            assert (len(page), page.has_more) == (count, False)
        wire.answers("GET", {key: make(size), **silent})
        pages = listed(client).pages()
        page = await anext(pages)
        assert (len(page), page.has_more) == (size, True)
        with pytest.raises(aioconvo.PaginationError, match="did not tell whether more pages follow"):
            await anext(pages)


async def test_a_page_that_says_more_but_names_no_cursor_is_an_error_however_short(wire: Any) -> None:
    assert Meta().has_more is None
    async with _clients(wire.base_url)["sunshine"] as client:
        wire.answers("GET", {"conversations": _conversations(1), "meta": {"hasMore": True}})
        with pytest.raises(aioconvo.PaginationError, match="names no cursor"):
            await client.conversations.list(user_id="u").collect()


async def test_the_position_of_a_page_that_told_nothing_is_behind_that_page(wire: Any) -> None:
    async with _clients(wire.base_url)["sunshine"] as client:
        wire.answers("GET", {"conversations": _conversations(25)})
        page = await client.conversations.list(user_id="u")
        wire.answers("GET", {"conversations": _conversations(3, 25), "meta": {"hasMore": False}})
        rest = await client.conversations.list(user_id="u", start=page.position).collect()
        assert wire.last.query[-1] == ("page[after]", f"{24:024d}")
        assert [int(one.id) for one in rest] == [25, 26, 27]


async def test_a_search_without_a_total_ends_at_a_short_page(wire: Any) -> None:
    async with _clients(wire.base_url)["ultracart"] as client:
        numbers = itertools.count()
        for count in (5, 5, 3):
            rows = [{"conversation_uuid": f"{next(numbers)}"} for _ in range(count)]
            wire.answers("POST", {"records": rows, "success": True})
        assert len(await client.conversations.search(page_size=5).collect()) == 13
        assert len(wire.sent) == 3
