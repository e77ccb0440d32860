"""The drift campaign: thousands of answers bent in every way an API bends them, and nothing of them is lost."""

from __future__ import annotations

import collections
import contextlib
import copy
import dataclasses
import datetime as dt
import functools
import importlib.util
import json
import pkgutil
import random
import types
import typing
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings, strategies as st

from aioconvo.core.json import cut, drift
from aioconvo.core.json.codec import decode, encode
from aioconvo.core.json.drift import salvage, salvage_whole, steps
from aioconvo.core.json.drift_kinds import DriftKind, Drifts
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.mend import drive, mend
from aioconvo.core.json.model import Envelope, Model, OpenEnum, Unknown, is_drifted, raw_json
from aioconvo.providers import Provider
from aioconvo.sunshine import pages as sunshine
from tests.campaign import FULL, examples


@dataclasses.dataclass(frozen=True)
class Case:
    """A page type, the member its items stand in (in Python and in JSON), and items shaped as the API's own."""

    kind: type[Any]
    member: str
    name: str
    items: list[dict[str, Any]]
    beside: dict[str, Any]

    def page(self) -> dict[str, Any]:
        """A page that shares no part with another."""
        page: dict[str, Any] = msgspec.json.decode(self._json)
        return page

    @functools.cached_property
    def _json(self) -> bytes:
        return msgspec.json.encode({self.name: self.items, **self.beside})


_WHEN = "2020-06-09T13:04:48.361Z"
_META = {"meta": {"hasMore": True, "afterCursor": "a" * 24, "beforeCursor": "b" * 24}, "links": {"prev": None, "next": None}}
_ACTIONS: list[dict[str, Any]] = [
    {"type": "link", "text": "Track", "uri": "https://example.org/track", "default": False, "metadata": None},
    {"type": "postback", "text": "Buy", "payload": "BUY", "metadata": {"a": 1}},
    {"type": "reply", "text": "Yes", "payload": "Y", "iconUrl": "https://example.org/i.png"},
    {"type": "buy", "text": "Pay", "amount": 1000, "currency": "usd"},
    {"type": "webview", "text": "Open", "uri": "https://example.org", "fallback": "https://example.org", "size": "full"},
]
_CONTENTS: list[dict[str, Any]] = [
    {"type": "text", "text": "Where is my order? 😀", "actions": _ACTIONS},
    {"type": "image", "mediaUrl": "https://example.org/a.png", "mediaSize": 1.5, "mediaType": "image/png", "altText": "x"},
    {"type": "file", "mediaUrl": "https://example.org/a.pdf", "mediaSize": 2048},
    {"type": "location", "coordinates": {"lat": 45.5, "long": -73.6}, "location": {"address": "a", "name": "b"}},
    {"type": "carousel", "items": [{"title": "T", "actions": _ACTIONS[:2], "mediaUrl": "u"}]},
    {"type": "form", "fields": [{"type": "text", "name": "n", "label": "L", "minSize": 1}], "submitted": False},
    {"type": "template", "template": {"name": "t", "components": [{"type": "body"}]}},
]
_MESSAGES: list[dict[str, Any]] = [
    {
        "id": f"5f2d3b9ac4b5a8000c1e9a{number:02x}",
        "received": _WHEN,
        "author": {"type": "user", "userId": "5963c0d619a30a2e00de36b8", "displayName": "Ada", "subtypes": ["AI"]},
        "content": content,
        "source": {
            "type": "web",
            "integrationId": "5ef21b86e933b7355c11c604",
            "originalMessageTimestamp": _WHEN,
            "client": {"id": "c1", "type": "web", "status": "active", "lastSeen": _WHEN, "info": {"a": "b"}, "raw": {}},
            "device": {"id": "d1", "guid": "g", "lastSeen": _WHEN},
        },
        "quotedMessage": {"type": "externalMessageId", "externalMessageId": "wamid.1"},
        "metadata": {"lang": "en", "n": 1},
        "deleted": False,
        "references": [{"uri": "https://example.org", "title": "Example"}],
    }
    for number, content in enumerate(_CONTENTS)
]
_MESSAGES[1]["quotedMessage"] = {"type": "message", "message": copy.deepcopy(_MESSAGES[0])}
_MESSAGES[2]["activity"] = {"type": "ticket:closed", "data": {"ticketId": 5}}
_CONVERSATION: dict[str, Any] = {
    "id": "029c31f25a21b47effd7be90",
    "type": "personal",
    "metadata": {"lang": "en-ca"},
    "activeSwitchboardIntegration": {"id": "5ef21b86e933b7355c11c605", "name": "bot", "integrationType": "zd"},
    "pendingSwitchboardIntegration": None,
    "isDefault": False,
    "displayName": "Order 4711",
    "businessLastRead": _WHEN,
    "createdAt": _WHEN,
}
_PARTICIPANT: dict[str, Any] = {
    "id": "5fbfcd5fab4d3b1a2f2b0001",
    "userId": "u1",
    "userExternalId": None,
    "unreadCount": 3,
    "clientAssociations": [{"type": "whatsapp", "clientId": "c9"}],
    "lastRead": _WHEN,
}


def _example(kind: Any, number: int, depth: int = 0) -> Any:
    """Something that fits a type; `number` picks among the kinds of a union."""
    kind = typing.get_args(kind)[0] if typing.get_origin(kind) is typing.Annotated else kind
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        kinds = [one for one in arguments if one not in {type(None), msgspec.UnsetType}]
        return _example(kinds[number % len(kinds)], number, depth)
    if typing.get_origin(kind) is list:
        return [_example(arguments[0], number + step, depth) for step in range(2)]
    if typing.get_origin(kind) is dict or kind is dict:
        return {"a": _example(arguments[1], number, depth) if arguments else 1}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _example_struct(kind, number, depth)
    if isinstance(kind, type) and issubclass(kind, OpenEnum):
        return list(kind)[number % len(kind)].value
    return {str: f"text {number} 😀", int: 3, float: 1.5, bool: True, dt.datetime: _WHEN, dt.date: _WHEN[:10]}.get(kind, 7)


def _example_struct(kind: type[msgspec.Struct], number: int, depth: int) -> dict[str, Any]:
    tag = kind.__struct_config__.tag_field
    item: dict[str, Any] = {} if tag is None else {tag: kind.__struct_config__.tag}
    for field in msgspec.structs.fields(kind):
        if not field.name.startswith("_") and (field.required or depth < 2):  # what tells of an error is no payload
            item[field.encode_name] = _example(field.type, number, depth + 1)
    return item


def _item_type(kind: Any) -> Any:
    """The type of a list's items, also of a list that may be missing."""
    kinds = typing.get_args(kind) if typing.get_origin(kind) in {typing.Union, types.UnionType} else (kind,)
    lists = [one for one in kinds if typing.get_origin(one) is list]
    return typing.get_args(lists[0])[0] if lists else None


def _is_envelope(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model) and (issubclass(kind, Envelope) or hasattr(kind, "payload"))


def _every_page_type() -> Iterator[Case]:
    """A case for each page of each provider: an envelope with one list."""
    for provider in Provider:
        for found in pkgutil.iter_modules(importlib.import_module(f"aioconvo.{provider}").__path__):
            module = importlib.import_module(f"aioconvo.{provider}.{found.name}") if found.name.endswith("pages") else pkgutil
            for kind in vars(module).values():
                if _is_envelope(kind) and kind.__module__ == module.__name__:
                    fields = [one for one in msgspec.structs.fields(kind) if _item_type(one.type) not in {None, Any}]
                    if len(fields) == 1:
                        page = _example_struct(kind, 0, 0)
                        items = [_example(_item_type(fields[0].type), number) for number in range(4)]
                        page.pop(fields[0].encode_name)
                        yield Case(kind, fields[0].name, fields[0].encode_name, items, page)


_BY_HAND = [
    Case(sunshine.MessagePage, "messages", "messages", _MESSAGES, _META),
    Case(
        sunshine.ConversationPage, "conversations", "conversations", [_CONVERSATION | {"id": f"c{n}"} for n in range(4)], _META
    ),
    Case(sunshine.ParticipantPage, "participants", "participants", [_PARTICIPANT | {"id": f"p{n}"} for n in range(4)], _META),
]
CASES = [*_BY_HAND, *(case for case in _every_page_type() if case.kind not in {one.kind for one in _BY_HAND})]
MUTANTS = -(-(10_000 if FULL else 1_600) // len(CASES))  # for each case
DAMAGED = 160 if FULL else 64
each_case = pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.kind.__module__.split('.')[1]}.{case.kind.__name__}"
)

any_case = st.sampled_from(CASES)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) inside a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield value, key
        yield from _places(inner)


def _scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _removed(chance: random.Random, item: dict[str, Any]) -> None:
    container, key = chance.choice(list(_places(item)))
    del container[key]


def _set_anywhere(*values: Any) -> Any:
    def mutate(chance: random.Random, item: dict[str, Any]) -> None:
        container, key = chance.choice(list(_places(item)))
        container[key] = copy.deepcopy(chance.choice(values))

    return mutate


def _set_texts(*values: Any) -> Any:
    def mutate(chance: random.Random, item: dict[str, Any]) -> None:
        places = [(c, k) for c, k in _places(item) if isinstance(c[k], str)] or list(_places(item))  # some hold no text
        container, key = chance.choice(places)
        container[key] = copy.deepcopy(chance.choice(values))

    return mutate


def _unknown_kind(chance: random.Random, item: dict[str, Any]) -> None:
    container, key = chance.choice([(c, k) for c, k in _places(item) if k == "type"] or list(_places(item)))
    container[key] = chance.choice(["hologram", "", "TEXT", 7, None, True, {"type": "text"}])


def _extra(chance: random.Random, item: dict[str, Any]) -> None:
    chance.choice([item, *(c[k] for c, k in _places(item) if isinstance(c[k], dict))])["newMember"] = {"a": [1, None]}


def _wrapped(chance: random.Random, item: dict[str, Any]) -> None:
    container, key = chance.choice(list(_places(item)))
    container[key] = chance.choice([[container[key]], {"value": container[key]}, {}, []])


def _half_an_emoji(chance: random.Random, item: dict[str, Any]) -> None:
    places = [(c, k) for c, k in _places(item) if isinstance(c[k], str)]
    container, key = chance.choice(places)
    container[key] += chance.choice(["\ud83d", "\ude00", "\udcff"])


def _strange_name(chance: random.Random, item: dict[str, Any]) -> None:
    container = chance.choice([item, *(c[k] for c, k in _places(item) if isinstance(c[k], dict))])
    container["name \ud83d"] = 1


WAYS: dict[str, Any] = {
    "removed": _removed,
    "null": _set_anywhere(None),
    "unknown kind": _unknown_kind,
    "number for text": _set_texts(5, 0, -1, 1.5, 2**70, 10**30),
    "text for anything": _set_anywhere("text", "", "5", "true"),
    "empty text": _set_texts(""),
    "extra": _extra,
    "half an emoji": _half_an_emoji,
    "strange name": _strange_name,
    "wrong container": _wrapped,
    "boolean": _set_anywhere(True, False),
    "list of strange items": _set_anywhere([None, 5, "x", {"type": "x"}, []]),
}


def _reference(body: bytes) -> Any:
    return json.loads(body.decode("utf-8", "surrogateescape"), strict=False)


def _plain(raw: bytes | None) -> Any:
    return None if raw is None else json.loads(raw, strict=False)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal in every part, also in the JSON that drifted parts keep."""
    if type(one) is not type(other) or (is_drifted(one) and _plain(raw_json(one)) != _plain(raw_json(other))):
        return False
    if isinstance(one, Unknown):
        return bool(one.json() == other.json())
    if isinstance(one, msgspec.Struct):
        return all(_same(part, getattr(other, name)) for name, part in _parts(one) if part is not getattr(other, name))
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(_same, one.values(), other.values()))
    return bool(one == other)


def _parts(struct: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    return ((name, getattr(struct, name)) for name in struct.__struct_fields__)


def _roads_meet(case: Case, body: bytes) -> None:
    """The road by items gives what the road by parts gives."""
    by_items = salvage(body, case.kind)
    whole = salvage_whole(drive(mend(body, None)), case.kind)
    assert _same(by_items, whole)


def _check(case: Case, body: bytes, place: int, untouched: list[Any]) -> bool:
    """Nothing is lost from this page; whether the item drifted."""
    expected = _reference(body)[case.name]
    items = getattr(decode(body, case.kind), case.member)
    assert len(items) == len(expected)
    repr(items[place])
    for number, item in enumerate(items):
        if number != place:
            assert item == untouched[number], "a neighbour was touched"
            assert raw_json(item) is None
    item = items[place]
    if raw_json(item) is None and not isinstance(item, Unknown):
        return False
    assert _reference(encode(item)) == expected[place]
    return True


@each_case
def test_bent_items(case: Case) -> None:
    chance = random.Random(f"drift {case.member}")  # noqa: S311 -- seeded
    untouched = getattr(decode(json.dumps(case.page()).encode(), case.kind), case.member)
    assert not any(isinstance(item, Unknown) or raw_json(item) for item in untouched)
    told: collections.Counter[str] = collections.Counter()
    for number in range(MUTANTS):
        page = case.page()
        place = chance.randrange(len(case.items))
        ways = [list(WAYS)[number % len(WAYS)]]
        if number % 7 == 0:
            ways += chance.choices(list(WAYS), k=2)
        for way in ways:
            WAYS[way](chance, page[case.name][place])
            if not any(True for _ in _places(page[case.name][place])):
                break
        body = json.dumps(page).encode()
        told["drifted" if _check(case, body, place, untouched) else "fitted"] += 1
        told[ways[0]] += 1
        _roads_meet(case, body)
    print(f"\n{case.kind.__name__}: {MUTANTS} mutants, {dict(told)}, 0 items lost")  # noqa: T201
    assert told["drifted"] > MUTANTS / 4
    assert told["fitted"] > 0


@each_case
def test_bent_surroundings_cost_no_item(case: Case) -> None:
    chance = random.Random("beside")  # noqa: S311 -- seeded
    lost: list[str] = []
    for _ in range(150 if FULL else 50):
        page = case.page()
        beside = {name: value for name, value in page.items() if name != case.name}
        if not beside:
            break
        WAYS[chance.choice([way for way in WAYS if way != "half an emoji"])](chance, beside)
        items = getattr(decode(json.dumps({case.name: page[case.name], **beside}).encode(), case.kind), case.member)
        if len(items) != len(case.items):
            lost.append(json.dumps(beside))
    assert lost == []


@each_case
def test_cut_and_damaged_bytes(case: Case) -> None:
    chance = random.Random("bytes")  # noqa: S311 -- seeded
    body = json.dumps(case.page()).encode()
    broken = whole = 0
    for number in range(DAMAGED):
        place = chance.randrange(1, len(body))
        bent = [
            body[:place],
            body[:place] + bytes([chance.randrange(256)]) + body[place:],
            body[: place - 1] + bytes([chance.randrange(256)]) + body[place:],
            body[:place] + b"\xff\xfe" + body[place:],
        ][number % 4]
        try:
            expected = _reference(bent)[case.name]
        except (ValueError, KeyError) as error:
            if "escape" in str(error):  # which msgspec lets pass in text that it skips
                continue
            with pytest.raises(BrokenBodyError):
                decode(bent, case.kind).payload()
            broken += 1
            continue
        assert len(getattr(decode(bent, case.kind), case.member)) == len(expected)
        _roads_meet(case, bent)
        whole += 1
    print(f"\n{case.kind.__name__}: {broken} bodies refused, {whole} read in spite of damage")  # noqa: T201
    assert broken > DAMAGED / 4
    assert whole > DAMAGED / 11


@settings(max_examples=examples(600))
@given(case=any_case, body=st.binary(max_size=200))
def test_arbitrary_bytes(case: Case, body: bytes) -> None:
    with contextlib.suppress(BrokenBodyError):
        decode(body, case.kind)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "content", "author", "received", "metadata", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=examples(600))
@given(
    case=any_case,
    items=st.lists(_JSON, max_size=4),
    beside=st.dictionaries(st.sampled_from(["meta", "links", "x"]), _JSON, max_size=2),
)
def test_arbitrary_json(case: Case, items: list[Any], beside: dict[str, Any]) -> None:
    body = json.dumps({**beside, case.name: items}).encode()
    _roads_meet(case, body)
    page = decode(body, case.kind)
    kept = getattr(page, case.member)
    assert len(kept) == len(items)
    for item, given_item in zip(kept, items, strict=True):
        if isinstance(item, Unknown) or raw_json(item) is not None:
            assert json.loads(encode(item)) == given_item


@settings(max_examples=examples(600))
@given(case=any_case, value=_JSON)
def test_arbitrary_json_in_place_of_a_page(case: Case, value: Any) -> None:
    body = json.dumps(value).encode()
    if isinstance(value, dict) and isinstance(value.get(case.name), list):
        assert len(getattr(decode(body, case.kind), case.member)) == len(value[case.name])
    else:
        # What an answer must have is refused here, or by the envelope itself when it is asked for its payload.
        with pytest.raises(BrokenBodyError, match="lacks") as caught:
            decode(body, case.kind).payload()
        assert not caught.value.cut


@each_case
def test_what_fits_keeps_nothing(case: Case) -> None:
    good = json.dumps(case.page()).encode()
    assert raw_json(salvage(good, case.kind)) is None
    for bent in (good[:-1], good + b"x", b"[]", b"{}"):
        with pytest.raises(BrokenBodyError):
            salvage(bent, case.kind).payload()
    for mended_body in (b"\xef\xbb\xbf" + good, good[:-1] + b', "x": "\xff"}'):
        assert getattr(salvage(mended_body, case.kind), case.member) == getattr(decode(good, case.kind), case.member)


@each_case
def test_a_drifted_page_keeps_its_json_as_it_came_and_is_encoded_in_one_line(case: Case) -> None:
    page = case.page() | {"new": "a\nb \u2028 😀", case.name: [5, *case.items]}
    for indent in (None, 2):
        for road in (salvage, salvage_whole):
            body = json.dumps(page, indent=indent, ensure_ascii=False).encode()
            salvaged = road(body, case.kind)
            assert raw_json(salvaged) == body
            encoded = encode(salvaged)
            assert b"\n" not in encoded
            assert json.loads(encoded) == page


class _Item(Model):
    id: str


class _Items(Envelope):
    data: list[_Item]


def _many(item: bytes, count: int, end: bytes = b"]}") -> bytes:
    return b'{"data": [' + b",".join([item] * count) + end


def _slices(body: bytes) -> tuple[Any, int, Drifts]:
    """What comes of a body, and how often the work paused."""
    drifts: Drifts = collections.Counter()
    work, pauses = steps(body, _Items, None, drifts), 0
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value, pauses, drifts
        pauses += 1


def test_a_field_that_never_fits_costs_no_answer() -> None:
    item = b'{"id": 5, "text": "' + b"x" * 280 + b'"}'
    page, pauses, drifts = _slices(_many(item, 30_000))
    assert {one.id for one in page.data} == {"5"}
    assert raw_json(page.data[-1]) == item
    assert drifts == {("_Item", "id", DriftKind.TYPE): 30_000}
    # 16 KiB between two pauses: 30,000 items of 300 bytes and what taking one apart counts besides.
    assert 550 < pauses < 1000


def test_items_that_fit_pause_less_often() -> None:
    fits, drifted = b'{"id": "1", "text": "' + b"x" * 280 + b'"}', b"5"
    _, pauses, drifts = _slices(_many(fits, 30_000, b"," + drifted + b"]}"))
    assert 30 < pauses < 100
    assert drifts == {("_Items", "data", DriftKind.ITEM): 1}


def test_beyond_any_bound_the_rest_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drift, "_ITEMS_AT_MOST", 1_000)
    page, pauses, drifts = _slices(_many(b"{}", 1_200))
    assert len(page.data) == 1_200
    assert not any(isinstance(one, Unknown) for one in page.data[:1_000])
    assert all(isinstance(one, Unknown) and one.raw == b"{}" for one in page.data[1_000:])
    assert drifts == {("_Item", "id", DriftKind.MISSING): 1_000, ("_Items", "data", DriftKind.TOO_MUCH): 200}
    assert 5 < pauses < 10


def test_the_end_of_a_list_beyond_any_bound_is_one_unknown_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "_DENSE", 5_000)
    monkeypatch.setattr(cut, "_TINY_ITEMS_AT_MOST", 5_000)
    page, pauses, _ = _slices(_many(b"1", 11_000, b',{"id": "last"} ] , "more": 5}'))
    assert len(page.data) == 5_001
    rest = page.data[-1]
    assert isinstance(rest, Unknown)
    assert json.loads(rest.raw) == [1] * 6_000 + [{"id": "last"}]
    assert pauses > 10
    with pytest.raises(BrokenBodyError, match="no complete JSON") as caught:
        decode(_many(b"1", 11_000, b","), _Items)
    assert caught.value.cut


def test_one_part_that_is_too_large_is_kept_as_it_is() -> None:
    large = b'{"id": [' + b",".join([b"1"] * 300_000) + b"]}"
    page, _, drifts = _slices(_many(large, 2, b',{"id": "3"}]}'))
    assert page.data[:2] == [Unknown(large)] * 2
    assert page.data[2] == _Item(id="3")
    assert drifts == {("_Items", "data", DriftKind.TOO_MUCH): 2}
    with pytest.raises(BrokenBodyError, match="ask for less") as caught:
        decode(large, _Item)
    assert not caught.value.cut


def test_numbers_that_python_refuses_to_read_are_kept() -> None:
    digits = "9" * 5000
    for body in (f'{{"data": [{digits}, {{"id": {digits}}}]}}', f'\ufeff{{"data": [{digits}, {{"id": {digits}}}]}}'):
        unknown, item = decode(body.encode(), _Items).data
        assert isinstance(unknown, Unknown)
        assert (unknown.raw, unknown.json(), repr(unknown)) == (digits.encode(), digits, "<Unknown type=None, 5000 bytes>")
        assert (encode(item).replace(b" ", b""), raw_json(item)) == (f'{{"id":{digits}}}'.encode(), encode(item))
    both = decode(f'{{"data": [[{digits}, "\\ud800"]]}}'.encode(), _Items).data[0]
    assert isinstance(both, Unknown)
    assert both.json() == [digits, "\ud800"]
