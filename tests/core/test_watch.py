"""Every kind of drift is logged once for each operation and field, counted, and told to a hook; no value is."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

import aioconvo
from aioconvo.core.calls import watch
from aioconvo.core.calls.watch import harmless
from aioconvo.core.json.members import UnknownMembers
from aioconvo.core.json.model import Envelope, Model
from aioconvo.core.json.source import decode
from aioconvo.sunshine import SunshineClient
from aioconvo.sunshine.pages import MessagePage
from tests.conftest import BASE_URL

GOOD: dict[str, Any] = {
    "id": "m",
    "received": "2024-01-31T08:05:09.123Z",
    "author": {"type": "business", "displayName": "canary"},
    "content": {"type": "text", "text": "canary"},
}
KINDS: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "new content type": ({"content": {"type": "canary", "mediaUrl": "canary"}}, ("Message", "content", "an unknown kind")),
    "new action type": (
        {"content": {"type": "text", "text": "x", "actions": [{"type": "canary"}]}},
        ("TextContent", "actions", "an unknown kind"),
    ),
    "missing": ({"received": "DEL"}, ("Message", "received", "missing")),
    "missing struct": ({"author": "DEL"}, ("Message", "author", "missing")),
    "null": ({"received": None}, ("Message", "received", "another type")),
    "number for time": ({"received": True}, ("Message", "received", "another type")),
    "unknown enum value": ({"author": {"type": "canary"}}, ("Author", "type", "an unknown value")),
    "unknown member": ({"brandNew": "canary"}, ("Message", "brandNew", "an unknown member")),
    "unknown member inside": (
        {"content": {"type": "text", "text": "x", "brandNew": "canary"}},
        ("TextContent", "brandNew", "an unknown member"),
    ),
    "number for text": ({"id": 5}, ("Message", "id", "another type")),
    "list for text": ({"content": {"type": "text", "text": ["canary"]}}, ("TextContent", "text", "another type")),
    "list for mapping": ({"metadata": ["canary"]}, ("Message", "metadata", "another type")),
    "key that is data": ({"+44 7700 900123": 1}, ("Message", "…", "an unknown member")),
}


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_noted", set())


def _body(*items: Any) -> bytes:
    return json.dumps({"messages": items, "meta": {"hasMore": False}, "links": {}}).encode()


def _changed(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (GOOD | change).items() if value != "DEL"}


def _client(told: list[aioconvo.DriftFacts]) -> SunshineClient:
    hooks = aioconvo.Hooks(on_drift=told.append)
    return SunshineClient(app_id="a", key_id="k", secret="s", base_url=BASE_URL, max_retries=0, hooks=hooks)


@pytest.mark.parametrize("name", KINDS)
async def test_each_kind_of_drift(name: str, wire: Any, caplog: pytest.LogCaptureFixture) -> None:
    change, expected = KINDS[name]
    told: list[aioconvo.DriftFacts] = []
    for _ in range(3):
        wire.answers("GET", body=_body(_changed(change), GOOD, _changed(change)), headers={"X-Request-Id": "r1"})
    async with _client(told) as client:
        for _ in range(2):
            assert len((await client.messages.list("c1")).items) == 3
        stats = client.stats()
    lines = [record.getMessage() for record in caplog.records if record.name == "aioconvo.drift"]
    struct, field, what = expected
    assert lines == [f"sunshine.messages.list: {what} at {field!r} of {struct}; nothing of the answer is lost"]
    assert caplog.records[0].levelno == logging.WARNING
    first = told[0]
    assert (first.operation, first.struct, first.field, first.what) == ("sunshine.messages.list", *expected)
    assert (first.method, first.path, first.request_id) == (
        "GET",
        "/v2/apps/{appId}/conversations/{conversationId}/messages",
        "r1",
    )
    # A member without a field is news once; the rest is told for each answer.
    news = what == "an unknown member"
    assert [facts.count for facts in told] == ([1] if news else [2, 2])
    assert stats.drifted == (1 if news else 4)
    assert "canary" not in "".join(lines) + repr(told)


async def test_items_that_are_no_objects(wire: Any) -> None:
    told: list[aioconvo.DriftFacts] = []
    wire.answers("GET", body=_body("x", GOOD, None))
    async with _client(told) as client:
        await client.messages.list("c1")
    assert [(one.struct, one.field, one.what, one.count) for one in told] == [("MessagePage", "messages", "no object", 2)]


async def test_what_is_as_documented_is_not_told(wire: Any, caplog: pytest.LogCaptureFixture) -> None:
    told: list[aioconvo.DriftFacts] = []
    wire.answers("GET", body=_body(GOOD))
    aioconvo.sunshine.AuthorType("made here")  # not by the answer
    async with _client(told) as client:
        await client.messages.list("c1")
        assert client.stats().drifted == 0
    assert (told, caplog.records) == ([], [])


async def test_each_operation_is_told_of(wire: Any, caplog: pytest.LogCaptureFixture) -> None:
    wire.answers("GET", body=b'{"conversation": {"id": "c1", "type": "personal", "isDefault": false, "zz": 1}}')
    listed = b'{"conversations": [{"id": "c1", "type": "personal", "isDefault": false, "zz": 1}], "meta": {"hasMore": false}}'
    wire.answers("GET", body=listed)
    async with _client([]) as client:
        await client.conversations.get("c1")
        await client.conversations.list(user_id="u1")
    operations = [record.getMessage().partition(":")[0] for record in caplog.records]
    assert operations == ["sunshine.conversations.get", "sunshine.conversations.list"]


@pytest.mark.parametrize(("size", "looked_at"), [(3000, 20), (12_000, 6), (100_000, 1)])
async def test_members_are_looked_for_in_the_first_answers(wire: Any, size: int, looked_at: int) -> None:
    told: list[aioconvo.DriftFacts] = []
    async with _client(told) as client:
        for number in range(20):
            body = _body(GOOD | {f"new{number}": 1})
            wire.answers("GET", body=body + b" " * (size - len(body)))
            await client.messages.list("c1")
    assert [one.field for one in told] == [f"new{number}" for number in range(looked_at)]


@pytest.mark.parametrize("size", [20, 300, 16_384, 40_000, 1_000_000])
@pytest.mark.parametrize("given", [{}, {"first": 16_384, "one_in": 128}, {"first": 1 << 20, "one_in": 16}], ids=str)
def test_how_many_bytes_are_looked_at(given: dict[str, int], size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, page, body = 0, decode(b'{"data": []}', Items), b" " * size

    def decoder(_kind: object, _known: object) -> Callable[[bytes], object]:
        def count(body: bytes) -> None:
            nonlocal looked
            looked += len(body)

        return count

    monkeypatch.setattr("aioconvo.core.json.members._decoder", decoder)
    seen = UnknownMembers(**given)
    for number in range(1, 2_001):
        seen.look(page, body)
        bound = number * size if not given else given["first"] + number * (size // given["one_in"])
        assert min(number * size, bound) <= looked <= min(number * size, bound + size)


@pytest.mark.parametrize("name", ["badge", "brand_new", "$ref", "a.b", "x" * 64])
def test_names_of_members_are_told(name: str) -> None:
    assert harmless(name) == name


@pytest.mark.parametrize("name", ["", "447700900123", "+447700900123", "ada@example.org", "Ada Lovelace", "é", "x" * 65, "a\n"])
def test_keys_that_may_be_data_are_not(name: str) -> None:
    assert harmless(name) == "…"


# Looking for members alone, as an export does for every page.


class Part(Model):
    id: str | None = None
    inner: Part | None = None


class Item(Model, rename="camel"):
    item_id: str
    part: Part | None = None
    parts: list[Part] | None = None
    by_name: dict[str, Part] | None = None
    free: dict[str, Any] | None = None
    note: str | int | None = None


class Items(Envelope):
    data: list[Item]


def _look(members: UnknownMembers, *items: Any) -> list[tuple[str, str]]:
    body = json.dumps({"data": items}).encode()
    return members.look(decode(body, Items), body)


def test_every_place_of_a_member_is_found_once() -> None:
    members = UnknownMembers()
    assert _look(members, {"itemId": "1", "part": {"id": "2"}, "free": {"any": {"thing": 1}}, "note": 5}) == []
    assert _look(members, {"itemId": "1", "a": 1}, {"itemId": "1", "item_id": 1}) == [("Item", "a"), ("Item", "item_id")]
    assert _look(members, {"itemId": "1", "a": 1}, {"itemId": "2", "part": {"b": None}}) == [("Part", "b")]
    assert _look(members, {"itemId": "1", "parts": [{"b": 1}, {"c": 1}], "byName": {"k": {"d": 1}}}) == [
        ("Part", "c"),
        ("Part", "d"),
    ]
    assert _look(members, {"itemId": 5, "e": 1, "part": "odd"}, 7) == [("Item", "e")]
    assert _look(members, {"itemId": "1", "a": 1, "e": [], "part": {"b": 1, "c": {}}}) == []
    assert members.names == ["Item.a", "Item.e", "Item.item_id", "Part.b", "Part.c", "Part.d"]


def test_kinds_that_are_told_apart() -> None:
    members = UnknownMembers()
    for content, found in (
        ({"type": "text", "text": "x"}, []),
        ({"type": "image", "mediaUrl": "x", "text": "y", "zz": 1}, [("ImageContent", "zz")]),
        ({"type": "image", "mediaUrl": "x", "zz": 1}, []),
        ({"type": "hologram", "zz": 1}, []),  # an unknown kind has no fields at all
    ):
        body = _body(GOOD | {"content": content})
        assert members.look(decode(body, MessagePage), body) == found
