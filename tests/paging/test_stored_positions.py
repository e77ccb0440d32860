"""Positions as texts: those of every version go on, those of another list or tenant are refused by name."""

from __future__ import annotations

import json
import pathlib
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo import InvalidRequestError
from aioconvo.core.operations.declaration import operation_of
from aioconvo.core.paging.marks import MOST_NAMES, Mark
from aioconvo.core.paging.positions import ListIdentity, Position
from aioconvo.ultracart.conversations import Conversations
from aioconvo.ultracart.pages import conversation_pager
from tests.paging.positions import CUTS, LISTS, clients, first_items, lists, name_of, walk_from

LIST = operation_of(Conversations.list)
_FIRST = json.loads((pathlib.Path(__file__).parent / "positions_0_1.json").read_text())


async def test_positions_of_the_first_version_go_on_where_they_stood() -> None:
    """For all providers, lists, cuts: what version 0.1.0 stored gives just the rest."""
    async with clients(account="one of ours") as made:
        listed = lists(made)
        assert list(listed) == list(LISTS)
        assert [(one["list"], one["limit"]) for one in _FIRST] == [(name, cut) for name in LISTS for cut in CUTS]
        for one in _FIRST:
            found = await walk_from(listed[one["list"]], one["position"])
            assert found == one["rest"], (one["list"], one["limit"])


async def test_every_position_goes_on_in_the_present_form() -> None:
    """A walk cut anywhere gives the rest of just the items that a walk without cuts gives."""
    async with clients() as made:
        for name, listed in lists(made).items():
            whole = await walk_from(listed, None)
            for cut in CUTS:
                given, position = await first_items(listed, cut)
                assert given + await walk_from(listed, position) == whole, (name, cut)


@pytest.mark.parametrize("seed", range(6))
async def test_every_list_in_chunks_of_any_size(seed: int) -> None:
    """Pages, limits, read-ahead and the page where a chunk is left change from chunk to chunk."""
    chance = random.Random(seed)  # noqa: S311 -- no secret
    async with clients() as made:
        for name, listed in lists(made).items():
            found: list[str] = []
            position: str | None = None
            more = True
            while more:
                options: dict[str, Any] = {
                    "page_size": chance.choice([4, 6, 50]),
                    "limit": chance.choice([1, 2, 3, 7, None]),
                }
                if name != "smscx conversations":
                    options["prefetch"] = chance.choice([0, 0, 1, 3])
                leave_after = chance.randint(1, 3)
                more = False
                async with listed(start=position, **options).pages() as pages:
                    async for page in pages:
                        found += map(name_of, page)
                        position, more, leave_after = page.position, page.has_more, leave_after - 1
                        if not leave_after:
                            break
            assert found == await walk_from(listed, None), name


async def test_no_limit_is_read_beyond_however_far_is_read_ahead() -> None:
    async with clients() as made:
        for name, listed in lists(made).items():
            client = made[name.split()[0]]
            await listed(limit=1)  # what is asked for once only, such as who the agents are
            for limit in (1, 4, 5, 8):
                sent: list[int] = []
                for prefetch in (0, 1, 8):
                    if name == "smscx conversations" and prefetch:
                        continue  # one answer, so nothing to read ahead
                    before = client.stats().requests
                    options = {"prefetch": prefetch} if prefetch else {}
                    await listed(limit=limit, **options).collect()
                    sent.append(client.stats().requests - before)
                assert len(set(sent)) == 1, (name, limit, sent)


# Refusals.


def _convore(**options: Any) -> aioconvo.ConvoreClient:
    return aioconvo.ConvoreClient(api_key="k", **options)


PAGE = {"data": [], "next_cursor": "next", "total_count": 0}


async def _position(wire: Any, client: Any, listed: Callable[[Any], aioconvo.AsyncPaginator[Any]], body: Any = PAGE) -> str:
    wire.answers("GET", body)
    async with client:
        return (await listed(client)).position


async def test_a_position_says_version_list_and_account_and_nothing_else(wire: Any) -> None:
    client = _convore(base_url=wire.base_url, account="tenant-7")
    position = await _position(wire, client, lambda client: client.messages.list(conversation_id="conv_secret"))
    version, provider, method, path, account, _, mark, skip = json.loads(position)
    assert (version, provider, method, path, account) == (2, "convore", "GET", "/v1/messages", "tenant-7")
    assert (mark, skip) == ({"cursor": "next"}, 0)
    assert "secret" not in position


async def test_positions_of_other_tenants_and_lists_are_refused_by_name(wire: Any) -> None:
    ours = _convore(base_url=wire.base_url, account="tenant-7")
    position = await _position(wire, ours, lambda client: client.messages.list(conversation_id="c"))
    refused: list[tuple[Any, str]] = [
        (
            lambda: _convore(account="tenant-8").messages.list(conversation_id="c", start=position),
            "account: 'tenant-7'.*'tenant-8'",
        ),
        (lambda: _convore().messages.list(conversation_id="c", start=position), r"account: 'tenant-7'.*no name \(account=\)"),
        (lambda: ours.messages.list(conversation_id="d", start=position), "GET /v1/messages with other ids"),
        (lambda: ours.messages.list(conversation_id="c", format="full", start=position), "GET /v1/messages with other ids"),
        (
            lambda: ours.conversations.list(start=position),
            "GET /v1/messages; this list is convore GET /v1/conversations",
        ),
        (lambda: ours.inbox.messages("c", start=position), "GET /v1/messages with other ids"),
    ]
    for call, words in refused:
        with pytest.raises(InvalidRequestError, match=words):
            call()
    # Keys rotate, page sizes change, and filters are written in any order.
    other = aioconvo.ConvoreClient(api_key="another", account="tenant-7").with_options(timeout=3)
    other.messages.list(conversation_id="c", page_size=7, start=position)


async def test_a_position_without_an_account_goes_on_when_the_account_gets_a_name(wire: Any) -> None:
    position = await _position(wire, _convore(base_url=wire.base_url), lambda client: client.messages.list())
    _convore(account="tenant-7").messages.list(start=position)


async def test_an_app_id_is_the_account(wire: Any) -> None:
    def sunshine(app_id: str, **options: Any) -> aioconvo.SunshineClient:
        return aioconvo.SunshineClient(app_id=app_id, key_id="k", secret="s", base_url=wire.base_url, **options)

    body = {"messages": [], "meta": {"hasMore": True, "beforeCursor": "b" * 24}}
    position = await _position(wire, sunshine("app-1"), lambda client: client.messages.list("c"), body)
    assert json.loads(position)[4] == "app-1"
    with pytest.raises(InvalidRequestError, match=r"account: 'app-1'.*'app-2'"):
        sunshine("app-2").messages.list("c", start=position)
    sunshine("app-1", account="a name beside it").messages.list("c", start=position)
    assert sunshine("app-1", account="a name beside it").account == "app-1"


async def test_a_position_of_a_later_version_says_so(wire: Any) -> None:
    position = json.loads(await _position(wire, _convore(base_url=wire.base_url), lambda client: client.messages.list()))
    for version, words in ((3, "version 3, which a later aioconvo wrote"), (0, "no position"), (True, "no position")):
        with pytest.raises(InvalidRequestError, match=words):
            _convore().messages.list(start=json.dumps([version, *position[1:]]))


NO_POSITIONS: list[Any] = [
    *("[", "[]", "[2]", '["x"]', "[2,3]", '[2,"convore","GET"]', "{}", "", " ", "\ud800", "[2,\ud800]"),
    *(b"bytes", True, 1.5),
]


@pytest.mark.parametrize("text", NO_POSITIONS)
def test_what_is_no_position_is_refused(text: Any) -> None:
    with pytest.raises(InvalidRequestError, match="start"):
        _convore().messages.list(start=text)
    with pytest.raises(InvalidRequestError, match="start"):
        aioconvo.SmscxClient(api_key="k").conversations.list(start="a cursor where there is none")


async def test_a_renamed_operation_voids_no_position() -> None:
    """Neither in the present form nor in the first."""
    async with clients() as made:
        listed = lists(made)["ultracart conversations"]
        stored = [(await listed(limit=3)).position]
        stored += [one["position"] for one in _FIRST if one["list"] == "ultracart conversations"]
        client: aioconvo.UltraCartClient = made["ultracart"]
        renamed = msgspec.structs.replace(LIST, python="ultracart.threads.list_all", stored_as=LIST.python)
        for position in stored:
            pager = conversation_pager(page_size=4)
            assert await client.paginate(renamed, (), pager, start=position).collect()


async def test_lists_that_differ_in_a_filter_named_like_a_page_size_are_other_lists(wire: Any) -> None:
    """Only what is said to be the page size is no filter."""
    operation = msgspec.structs.replace(LIST, python="ultracart.things.list")
    client = aioconvo.UltraCartClient(simple_key="k", base_url=wire.base_url)
    for name in ("limit", "_limit", "page[size]"):
        wire.answers("GET", {"conversations": [], "success": True, "metadata": {"result_set": {"more": False}}})
        pager = conversation_pager(page_size=None)
        page = await client.paginate(operation, (), pager, query=((name, "a"),), page_size=("size", 5))
        with pytest.raises(InvalidRequestError, match="other ids, filters or order"):
            client.paginate(operation, (), pager, query=((name, "b"),), page_size=("size", 5), start=page.position)
        client.paginate(operation, (), pager, query=((name, "a"),), page_size=("size", 6), start=page.position)
    await client.aclose()


# The API's own cursors.


async def test_start_takes_the_api_s_own_cursor() -> None:
    async with clients() as made:
        every = lists(made)
        cases: list[tuple[str, Callable[[Any], Any]]] = [
            ("sunshine conversations", lambda page: page.items[-1].id),
            ("sunshine messages", lambda page: page.items[4].id),
            ("sunshine messages after", lambda page: page.items[4].id),
            ("sunshine inbox messages", lambda page: page.items[4].id),
            ("convore conversations", lambda page: page.response.data.next_cursor),
            ("convore messages", lambda page: page.response.data.next_cursor),
            ("ultracart conversations", lambda page: str(len(page))),
            ("ultracart conversations", len),
            ("ultracart search", lambda page: str(len(page))),
        ]
        for name, cursor in cases:
            page = await every[name]()
            own = cursor(page)
            whole = await walk_from(every[name], None)
            found = await walk_from(every[name], own)
            assert 0 < len(found) < len(whole), name
            assert found == whole[-len(found) :], name
    client = aioconvo.UltraCartClient(simple_key="k")
    wrongs: list[Any] = ["ten", "-1", "1.5", -1]
    for wrong in wrongs:
        with pytest.raises(InvalidRequestError, match="or the API's own cursor"):
            client.conversations.list(start=wrong)


# Bounds.


def test_as_many_names_as_a_mark_holds_take_at_most_64_kb() -> None:
    names = [f"{number:036d}" for number in range(MOST_NAMES)]
    marks = [
        Mark(offset=10**9, seen=tuple(names), late=tuple(names), newest=10**16, oldest=10**16, floor=10**16, total=10**9),
        Mark(cursor="c" * 200, seen=(*names, *names)),
    ]
    identity = ListIdentity("ultracart", "GET", "/conversation/conversations", "an account", "filters", "former")
    for mark in marks:
        assert len(str(Position(identity, mark))) <= 64_000
