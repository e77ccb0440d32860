"""Every item of an answer gives its JSON as it came, and what it holds that has no field here."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo.convore import Conversation, ConvoreClient, Message
from aioconvo.core.json.codec import encode, encode_body
from aioconvo.core.json.model import ORIGIN, Envelope, Model, Unknown, Variant, raw_json
from aioconvo.core.json.source import decode, json_of_page
from aioconvo.smooch import SmoochClient
from aioconvo.smscx import SmscxClient
from aioconvo.sunshine import SunshineClient
from aioconvo.ultracart import UltraCartClient
from tests.conftest import BASE_URL


class Author(Model):
    name: str | None = None


class Text(Variant, tag="text"):
    text: str | None = None


class Image(Variant, tag="image"):
    url: str | None = None


class Item(Model, rename="camel"):
    item_id: str
    author: Author | None = None
    content: Text | Image | None = None
    parts: list[Author] | None = None
    by_name: dict[str, Author] | None = None
    note: str | None = None


class Items(Envelope):
    data: list[Item]
    first: Item | None = None
    more: list[Item] | None = None
    error: Author | str | None = None


class Late(Envelope):
    data: list[Item] | None = None
    more: list[Item] = msgspec.field(default_factory=list)


# Spellings that no decode and encode would give back.
ODD = b'{"itemId" : "1","price":2.50, "big":12345678901234567890123,\t"note":null,"e":"\\u00e9", "x":[1, {"y":null}]}'
FITS = [ODD, b'{"itemId":"2"}', b'{"itemId":"1"}', b'{"itemId":"1","new":1}', b'{"itemId":"1", "new":2}']
DRIFTED = [b'{"itemId":7.0, "z":1.50}', b"5", b"null", b'"\\u0041"', b"[1, 2]", b'{"note":"x" }', b'{"itemId":{"a":1}}']


def _body(items: list[bytes], before: bytes = b"", after: bytes = b"", between: bytes = b",") -> bytes:
    return b' {"data": [' + before + between.join(items) + after + b"] }\n"


@pytest.mark.parametrize(("charset", "text"), [(None, "utf-8"), ("utf-16", "utf-16"), ("latin-1", "latin-1")])
def test_an_answer_that_is_a_bare_list(charset: str | None, text: str) -> None:
    parts = ['{"itemId":"1","note":"Zoë"}', '{ "itemId":"2" , "new":1}', "7", '{"itemId":null}']
    for count in (2, 4):
        items = decode(f" [{', '.join(parts[:count])}]\n".encode(text), list[Item], charset)
        assert [raw_json(one) for one in items] == [one.encode() for one in parts[:count]]
        assert [json.loads(line) for line in map(encode, items)] == [json.loads(one) for one in parts[:count]]
    assert decode(b"[]", list[Item]) == []
    assert decode(b'["a"]', list[str]) == ["a"]


@pytest.mark.parametrize("between", [b",", b" ,\n  ", b",\r\n\t"])
@pytest.mark.parametrize("items", [FITS, DRIFTED, [*FITS, *DRIFTED], [*DRIFTED, *FITS], []], ids=len)
def test_every_item_gives_its_bytes_as_they_came(items: list[bytes], between: bytes) -> None:
    page = decode(_body(items, b" ", b"\n", between), Items)
    assert [raw_json(item) for item in page.data] == items
    assert raw_json(page) == _body(items, b" ", b"\n", between).strip()


@pytest.mark.parametrize("meta", [b"5", b'"text"', b"[]", b'{"name": 5}'])
def test_what_drifts_beside_the_items_changes_nothing(meta: bytes) -> None:
    body = b'{"error": ' + meta + b', "first": ' + ODD + b', "data": [' + b", ".join(FITS) + b'], "more": [' + FITS[3] + b"]}"
    page = decode(body, Items)
    assert [raw_json(item) for item in page.data] == FITS
    assert raw_json(page.first) == ODD
    assert page.more is not None
    assert [raw_json(item) for item in page.more] == [FITS[3]]
    assert raw_json(page) == body


@pytest.mark.parametrize("body", [b'{"data": {}, "more": []}', b'{"data": null}', b'{"data": [{"itemId": "1"}], "more": {}}'])
def test_lists_that_are_none(body: bytes) -> None:
    page = decode(body, Late)
    assert raw_json(page) == body
    assert [raw_json(item) for item in page.data or []] == ([b'{"itemId": "1"}'] if b"1" in body else [])


def test_the_parts_inside_an_item_stand_in_its_json() -> None:
    page = decode(b'{"data": [{"itemId": "1", "author": {"name": "a"}, "content": {"type": "text"}}]}', Items)
    assert [raw_json(part) for part in (page.data[0].author, page.data[0].content)] == [None, None]


def test_an_answer_that_is_no_envelope() -> None:
    assert raw_json(decode(b" " + ODD + b"\n", Item)) == ODD
    drifted = decode(DRIFTED[0], Item)
    assert (drifted.item_id, raw_json(drifted)) == ("7.0", DRIFTED[0])


COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    lambda item: pickle.loads(pickle.dumps(item)),  # noqa: S301
    lambda item: copy.copy(copy.deepcopy(item)),
    lambda item: pickle.loads(pickle.dumps(item, 2)),  # noqa: S301
]


@pytest.mark.parametrize("copied", COPIES)
@pytest.mark.parametrize("raw", [*FITS, *DRIFTED])
def test_copies_and_pickles_keep_it(raw: bytes, copied: Callable[[Any], Any]) -> None:
    page = decode(_body([b'{"itemId":"0"}', raw]), Items)
    item, again = page.data[1], copied(page.data[1])
    assert type(again) is type(item)
    assert (again, raw_json(again), encode(again)) == (item, raw, encode(item))
    assert [raw_json(one) for one in copied(page).data] == [b'{"itemId":"0"}', raw]


@pytest.mark.parametrize("raw", [FITS[0], DRIFTED[0]])
def test_what_is_changed_here_did_not_come_so(raw: bytes) -> None:
    changed = msgspec.structs.replace(decode(_body([raw]), Items).data[0], note="new")
    for one in (changed, *(copied(changed) for copied in COPIES)):
        assert raw_json(one) is None
        assert one == changed
        assert json.loads(encode(one))["note"] == "new"
    assert raw_json(Item(item_id="1")) is None
    assert raw_json("text") is None
    assert raw_json({"a": 1}) is None


def test_drifted_items_are_equal_where_their_json_is() -> None:
    one, other, same, fits = decode(
        _body([b'{"itemId":"1","note":[1]}', b'{"itemId":"1","note":[2]}', b'{"itemId":"1","note":[1]}', b'{"itemId":"1"}']),
        Items,
    ).data
    assert one == same
    assert hash(one) == hash(same)
    assert not one != same  # noqa: SIM202 -- the operator itself is tried
    assert one != other
    assert one != fits
    assert fits != one
    assert {one, other, same} == {one, other}
    assert isinstance(one, Item)
    # Items that fit are equal where their fields are, as structs made here are.
    assert fits == Item(item_id="1")


def test_encode_gives_back_what_came_on_one_line() -> None:
    page = decode(_body(FITS, between=b",\n"), Items)
    assert [encode(item) for item in page.data] == FITS
    assert encode(page.data) == b"[" + b",".join(FITS) + b"]"
    assert encode({"a": (page.data[0],)}) == b'{"a":[' + ODD + b"]}"
    assert b"\n" not in encode(page)
    assert json.loads(encode(page)) == json.loads(raw_json(page) or b"")


def test_the_body_of_a_request_is_written_anew_but_for_what_drifted() -> None:
    fits, drifted = decode(_body([b'{"itemId":"1","note":null,"new":1}', DRIFTED[0]]), Items).data
    assert encode_body({"a": fits, "b": drifted}) == b'{"a":{"itemId":"1"},"b":' + DRIFTED[0] + b"}"


def test_a_slice_is_a_copy_and_an_items_own_death_frees_the_body() -> None:
    body = bytes(_body([b'{"itemId":"%d"}' % number for number in range(100)]))
    page = decode(body, Items)
    held = sys.getrefcount(body)
    raw = raw_json(page.data[50])
    assert raw == b'{"itemId":"50"}'
    kept = page.data[7]
    del page
    assert raw_json(kept) == b'{"itemId":"7"}'
    del kept
    gc.collect()
    assert sys.getrefcount(body) < held
    assert raw == b'{"itemId":"50"}'


_VALUES = st.none() | st.text(max_size=5) | st.floats()


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["itemId", "note", "author", "x"]), st.none() | st.text(max_size=5) | st.floats(), max_size=4
        )
        | st.integers()
        | st.none(),
        max_size=6,
    ),
    st.sampled_from([None, 0, 2]),
)
def test_any_items(items: list[Any], indent: int | None) -> None:
    clean = json.loads(json.dumps(items).replace("NaN", "0").replace("-Infinity", "0").replace("Infinity", "0"))
    page = decode(json.dumps({"data": clean}, indent=indent).encode(), Items)
    assert [json.loads(raw_json(item) or b"") for item in page.data] == clean
    assert [json.loads(encode(item)) for item in page.data] == clean


# The members that have no field here.


def test_unknown_members() -> None:
    raw: dict[str, Any] = {
        "itemId": "1",
        "note": None,
        "new": {"itemId": [1, 2.5]},
        "author": {"name": "Ada", "badge": "gold"},
        "content": {"type": "text", "text": "hi", "lang": None},
        "parts": [{"name": "a"}, {"name": "b", "x": 1}],
        "byName": {"k": {"y": True}},
    }
    expected = {
        "new": {"itemId": [1, 2.5]},
        "author.badge": "gold",
        "content.lang": None,
        "parts[1].x": 1,
        "byName.k.y": True,
    }
    for drifted in ({}, {"note": ["odd"]}):
        page = decode(json.dumps({"data": [raw | drifted], "top": 1}).encode(), Items)
        assert aioconvo.unknown_members(page.data[0]) == expected
        assert aioconvo.unknown_members(page) == {"top": 1, **{f"data[0].{name}": value for name, value in expected.items()}}
    assert aioconvo.unknown_members(Item(item_id="1")) == {}
    assert aioconvo.unknown_members(Unknown(b"{}")) == {}


# By the clients, over the wire.

_OPTIONS: dict[str, Any] = {"base_url": BASE_URL, "max_retries": 0}


async def _convore(items: str, wire: Any) -> Any:
    wire.answers("GET", body=f'{{"data": {items}}}'.encode())
    async with ConvoreClient(api_key="k3y", **_OPTIONS) as client:
        return await client.messages.list()


async def _sunshine(items: str, wire: Any) -> Any:
    wire.answers("GET", body=f'{{"messages": {items}, "meta": {{"hasMore": false}}}}'.encode())
    async with SunshineClient(app_id="a", key_id="k", secret="s", **_OPTIONS) as client:
        return await client.messages.list("c1")


async def _smooch(items: str, wire: Any) -> Any:
    wire.answers("GET", body=f'{{"conversation": {{"_id": "c"}}, "messages": {items}}}'.encode())
    async with SmoochClient(app_id="a", key_id="k", secret="s", **_OPTIONS) as client:
        return await client.messages.list("u1")


async def _ultracart(items: str, wire: Any) -> Any:
    wire.answers("GET", body=f'{{"success": true, "conversations": {items}}}'.encode())
    async with UltraCartClient(simple_key="k3y", **_OPTIONS) as client:
        return await client.conversations.list()


async def _smscx(items: str, wire: Any) -> Any:
    wire.answers("GET", body=f'{{"data": {items}}}'.encode())
    async with SmscxClient(api_key="k3y", **_OPTIONS) as client:
        return await client.conversations.list()


LISTS = {
    "convore": (_convore, "id", "date"),
    "sunshine": (_sunshine, "id", "received"),
    "smooch": (_smooch, "_id", "received"),
    "ultracart": (_ultracart, "conversation_uuid", "last_message_dts"),
    "smscx": (_smscx, "conversationId", "lastUpdate"),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("odd", [None, 5, ["x"]])
async def test_every_item_of_every_list(name: str, odd: Any, wire: Any) -> None:
    listed, identity, time = LISTS[name]
    texts = [
        f'{{"{identity}": "i{number}", "{time}": null, "zz": [1, 2.50], "text": {json.dumps(odd if number == 1 else "t")}}}'
        for number in range(4)
    ]
    page = await listed("[" + " , ".join(texts) + "]", wire)
    items = list(page.items)
    del page
    found = sorted((raw_json(item) or b"").decode() for item in items)
    assert found == sorted(texts)
    assert all(aioconvo.unknown_members(item)["zz"] == [1, 2.5] for item in items)


async def test_items_by_every_way_out_of_a_list(wire: Any) -> None:
    texts = [f'{{"id": "i{number}", "zz": {number}.0}}' for number in range(3)]
    body = f'{{"data": [{", ".join(texts)}]}}'.encode()
    expected = [text.encode() for text in texts]
    async with ConvoreClient(api_key="k3y", **_OPTIONS) as client:
        for _ in range(5):
            wire.answers("GET", body=body)
        assert [raw_json(item) for item in await client.messages.list().collect()] == expected
        assert [raw_json(item) for item in [item async for item in client.messages.list()]] == expected
        assert [
            raw_json(item) for page in [page async for page in client.messages.list().pages()] for item in page.items
        ] == expected
        assert [raw_json(item.native) for item in (await client.inbox.messages("c1")).items] == expected
        with aioconvo.capture_responses() as responses:
            await client.messages.list()
        assert [raw_json(item) for item in responses[0].data.data] == expected


async def test_single_answers(wire: Any) -> None:
    bare = b' {"id": "m1", "zz": 1.50} '
    wire.answers("GET", body=bare)
    wire.answers("GET", body=bare)
    async with ConvoreClient(api_key="k3y", **_OPTIONS) as client:
        message, conversation = await client.messages.get("m1"), await client.conversations.get("m1")
    assert isinstance(message, Message)
    assert isinstance(conversation, Conversation)
    assert raw_json(message) == raw_json(conversation) == bare.strip()
    wire.answers("GET", body=b'{"success": true, "conversation": {"conversation_uuid": "u1", "zz": [ ]}, "new": 1}')
    async with UltraCartClient(simple_key="k3y", **_OPTIONS) as ultracart:
        assert raw_json(await ultracart.conversations.get("u1")) == b'{"conversation_uuid": "u1", "zz": [ ]}'
    wire.answers("GET", body=b'{"conversation": {"id": "c1", "zz": [ ]}, "new": 1}')
    async with SunshineClient(app_id="a", key_id="k", secret="s", **_OPTIONS) as sunshine:
        assert raw_json(await sunshine.conversations.get("c1")) == b'{"id": "c1", "zz": [ ]}'


@pytest.mark.parametrize("copied", COPIES)
async def test_pages_and_responses_can_be_copied_and_pickled(copied: Callable[[Any], Any], wire: Any) -> None:
    body = b'{"data": [{"id": "m1", "zz": 1.50}, {"id": 5}, 7]}'
    wire.answers("GET", body=body, headers={"X-Request-Id": "r1"})
    async with ConvoreClient(api_key="k3y", **_OPTIONS) as client:
        page = await client.messages.list()
    again = copied(page)
    assert list(again) == list(page)
    assert [raw_json(item) for item in again] == [raw_json(item) for item in page]
    assert (again.has_more, again.position, repr(again)) == (page.has_more, page.position, repr(page))
    response, first = copied(page.response), page.response
    assert (response.body, response.status, response.headers["x-request-id"], response.request_id) == (body, 200, "r1", "r1")
    assert (response.attempts, response.elapsed, response.operation) == (first.attempts, first.elapsed, first.operation)
    assert response.data == first.data
    assert raw_json(response.data.data[0]) == b'{"id": "m1", "zz": 1.50}'


# Items that were handed out.


def _many(count: int) -> list[bytes]:
    """Items that are equal in all that has a field."""
    return [b'{"itemId":"1","new":%d}' % number for number in range(count)]


@pytest.mark.parametrize("odd", [False, True])
def test_items_that_outlive_their_page_know_their_json(odd: bool) -> None:
    texts = [*_many(100), *(DRIFTED if odd else [])]
    items = decode(_body(texts), Items).data
    kept = {number: items[number] for number in (0, 50, 99)}
    del items
    assert [raw_json(item) for item in kept.values()] == [texts[number] for number in kept]


@pytest.mark.parametrize(
    "change", [list.reverse, list.clear, lambda items: items.insert(0, Item(item_id="0"))], ids=["reverse", "clear", "insert"]
)
def test_what_is_done_to_a_list_changes_no_item(change: Callable[[list[Any]], object]) -> None:
    texts = _many(20)
    page = decode(_body(texts), Items)
    items = list(page.data)
    change(page.data)
    assert [raw_json(item) for item in items] == texts


def test_threads_that_ask_at_the_same_time() -> None:
    texts = _many(20)
    found: list[bytes | None] = []
    for _ in range(20):
        items = decode(_body(texts), Items).data
        asked = [threading.Thread(target=lambda one: found.append(raw_json(one)), args=(item,)) for item in items]
        for one in asked:
            one.start()
        for one in asked:
            one.join()
    assert sorted(one or b"" for one in found) == sorted(texts * 20)


def test_the_json_of_a_page_in_one_go() -> None:
    page, other = decode(_body(FITS[1:]), Items), decode(_body(FITS[1:]), Items)
    assert list(map(bytes, json_of_page(page.data) or [])) == FITS[1:]
    assert list(map(bytes, json_of_page(page.data[2:0:-1]) or [])) == FITS[3:1:-1]
    # One by one where that is needed.
    assert json_of_page(decode(_body(FITS), Items).data) is None
    assert json_of_page(decode(_body([*FITS[1:], DRIFTED[0]]), Items).data) is None
    assert json_of_page([*page.data, *other.data]) is None
    assert json_of_page([*page.data, Item(item_id="1")]) is None
    assert json_of_page([*page.data, Unknown(b"5")]) is None
    assert json_of_page([]) is None


def _linked(items: list[Any]) -> list[bool]:
    return [getattr(item, ORIGIN, None) is not None for item in items]


def test_items_that_go_with_their_answer_are_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    links: list[object] = []
    monkeypatch.setattr("aioconvo.core.json.source._link_items", lambda *_: links.append(1))
    monkeypatch.setattr("aioconvo.core.json.source._link_those_that_stay", lambda *_: links.append(1))
    page = decode(_body(_many(100)), Items)
    assert len(page.data) == 100
    del page
    assert links == []


def test_of_an_answer_that_goes_the_items_that_stay_know_their_json() -> None:
    texts = _many(100)
    page = decode(_body(texts), Items)
    some = [page.data[3], page.data[99]]
    assert _linked(some) == [False, False]
    del page
    assert _linked(some) == [True, True]
    assert [raw_json(item) for item in some] == [texts[3], texts[99]]


def test_one_that_is_asked_lets_all_know() -> None:
    texts = _many(5)
    pages = [decode(_body(texts), Items) for _ in range(3)]
    assert raw_json(pages[1].data[2]) == texts[2]
    assert all(all(_linked(page.data)) for page in pages)


def test_what_is_asked_by_many_threads_at_once_is_told_to_each() -> None:
    texts = _many(500)
    with ThreadPoolExecutor(4) as threads:
        for _ in range(20):
            page = decode(_body(texts), Items)
            told = [threads.submit(lambda items: [raw_json(one) for one in items], page.data) for _ in range(4)]
            assert [one.result() for one in told] == [texts] * 4
