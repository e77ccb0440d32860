"""JSON to structs and back: open enums, unknown parts, and a `repr` that tells no text."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from typing import Any

import msgspec
import pytest

import aioconvo
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.codec import decode, encode, reader
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import Envelope, Model, OpenEnum, Unknown, Variant, raw_json


class Kind(OpenEnum):
    OLD = "old"


class Red(Variant, tag="red"):
    text: str | None = None


class Blue(Variant, tag="blue"):
    shade: int


class Part(Model, rename="camel"):
    id: str
    kind: Kind | None = None
    colour: Red | Blue | None = None
    labels: dict[str, str] | None = None
    extra_data: dict[str, Any] | None = None
    alone: Red | None = None
    scores: list[float] | None = None
    sent_at: dt.datetime | None = None
    note: str | msgspec.UnsetType | None = msgspec.UNSET


class Whole(Envelope):
    parts: list[Part]


def _part(**members: Any) -> Any:
    return decode(json.dumps({"parts": [{"id": "1"} | members]}).encode(), Whole).parts[0]


def test_a_whole_answer_takes_the_fast_road() -> None:
    part = _part(kind="old", colour={"type": "blue", "shade": 3}, extraData={"a": 1}, more=2)
    assert part == Part(id="1", kind=Kind.OLD, colour=Blue(shade=3), extra_data={"a": 1})
    assert raw_json(part) is None
    assert json.loads(encode(part)) == {
        "id": "1",
        "kind": "old",
        "colour": {"type": "blue", "shade": 3},
        "extraData": {"a": 1},
    }


def test_an_open_enum_keeps_what_it_does_not_know() -> None:
    part = _part(kind="new")
    assert part.kind == "new"
    assert isinstance(part.kind, Kind)
    assert not part.kind.known
    assert Kind.OLD.known
    assert raw_json(part) is None
    assert json.loads(encode(part))["kind"] == "new"
    assert Kind("new") == Kind("new")
    assert hash(Kind("new")) == hash("new")
    assert pickle.loads(pickle.dumps(Kind("new"))) == "new"  # noqa: S301
    assert [member.value for member in Kind] == ["old"]
    with pytest.raises(ValueError, match="5"):
        Kind(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("members", "field", "value"),
    [
        ({"id": 5}, "id", "5"),
        ({"id": 1.5}, "id", "1.5"),
        ({"id": None}, "id", None),
        ({"id": {"a": 1}}, "id", None),
        ({"id": "half \ud83d"}, "id", "half \ufffd"),
        ({"kind": 7}, "kind", Kind("7")),
        ({"kind": ["old"]}, "kind", None),
        ({"colour": {"type": "blue", "shade": "3"}}, "colour", {"shade": 3}),
        ({"colour": "red"}, "colour", None),
        ({"labels": {"a": 5, "b": "c"}}, "labels", {"a": "5", "b": "c"}),
        ({"labels": ["a"]}, "labels", None),
        ({"extraData": "text"}, "extra_data", None),
        ({"extraData": {"x\ud83d": ["y\ud83d"]}}, "extra_data", {"x\ufffd": ["y\ufffd"]}),
        ({"scores": [1, "2.5", 3]}, "scores", [1.0, 2.5, 3.0]),
        ({"scores": {"a": 1}}, "scores", None),
        ({"sentAt": ""}, "sent_at", None),
        ({"sentAt": "yesterday"}, "sent_at", None),
        ({"note": 5}, "note", "5"),
        ({"note": {"a": 1}}, "note", msgspec.UNSET),
    ],
)
def test_parts_that_do_not_fit(members: dict[str, Any], field: str, value: Any) -> None:
    part = _part(**members)
    assert isinstance(part, Part)
    found = getattr(part, field)
    assert (msgspec.structs.asdict(found) if isinstance(found, Model) else found) == value
    assert json.loads(encode(part)) == {"id": "1"} | members
    again = pickle.loads(pickle.dumps(part))  # noqa: S301
    assert (again, raw_json(again)) == (part, raw_json(part))
    changed = msgspec.structs.replace(part, id="2")  # what was changed is no longer what came
    assert (changed.id, raw_json(changed)) == ("2", None)
    assert pickle.loads(pickle.dumps(changed)) == changed  # noqa: S301


@pytest.mark.parametrize(
    ("field", "colour"),
    [
        ("colour", {"type": "green", "x": [1]}),
        ("colour", {"text": "no tag"}),
        ("colour", {"type": None}),
        ("colour", {"type": 5}),
        ("colour", {}),
        ("alone", {"type": "green", "x": [1]}),
        ("alone", {"type": None}),
    ],
)
def test_an_unknown_kind_of_a_union_is_kept_whole(field: str, colour: dict[str, Any]) -> None:
    part = _part(**{field: colour})
    kept = getattr(part, field)
    assert isinstance(kept, Unknown)
    assert kept.json() == colour
    assert kept.type == (colour.get("type") if isinstance(colour.get("type"), str) else None)
    assert json.loads(encode({"again": kept})) == {"again": colour}
    assert json.loads(encode(Part(id="2", colour=kept))) == {"id": "2", "colour": colour}  # type: ignore[arg-type]
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301
    assert hash(kept) == hash(Unknown(kept.raw))


def test_a_missing_required_member_is_unset_and_an_item_that_is_no_object_unknown() -> None:
    whole = decode(b'{"parts": [{"kind": "old"}, 5, null, {"id": "3"}]}', Whole)
    assert whole.parts[0].id is msgspec.UNSET  # type: ignore[comparison-overlap]
    assert [getattr(part, "raw", None) for part in whole.parts] == [None, b"5", b"null", None]
    assert raw_json(whole.parts[3]) is None
    assert json.loads(encode(whole)) == {"parts": [{"kind": "old"}, 5, None, {"id": "3"}]}


def test_drifted_parts_inside_lists_and_mappings_come_out_as_they_came_in() -> None:
    drifted, good = _part(id=5, more=[1]), _part()
    expected = {"id": 5, "more": [1]}
    assert json.loads(encode([drifted, good])) == [expected, {"id": "1"}]
    assert json.loads(encode({"a": (drifted,)})) == {"a": [expected]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"parts": [',
        b'{"parts": []',
        b"<html></html>",
        b'{"parts": []}}',
        b"\x00",
        b"\xff\xfe",
        b'{"parts": []} trailing',
    ],
)
def test_bodies_that_are_no_json(body: bytes) -> None:
    with pytest.raises(BrokenBodyError) as caught:
        decode(body, Whole)
    assert caught.value.cut


@pytest.mark.parametrize("body", [b"{}", b"null", b"[]", b"5", b'"text"', b'{"parts": null}', b'{"parts": {"0": {}}}'])
def test_json_that_is_no_answer(body: bytes) -> None:
    with pytest.raises(BrokenBodyError, match="the JSON lacks") as caught:
        decode(body, Whole)
    assert not caught.value.cut


@pytest.mark.parametrize("depth", [600, 20_000, 200_000])
def test_json_that_is_nested_too_deeply_does_not_cost_the_answer(depth: int) -> None:
    deep = b'{"parts": [{"id": "1", "extraData": {"a": ' + b"[" * depth + b"]" * depth + b"}}]}"
    assert decode(deep, Whole).parts[0].id == "1"


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" * 5000, "1e999999999"])
def test_a_number_that_no_computer_holds_does_not_cost_the_page(number: str) -> None:
    whole = decode(f'{{"parts": [{{"id": "1", "extraData": {{"n": {number}}}, "kind": 5}}, {{"id": "2"}}]}}'.encode(), Whole)
    assert [part.id for part in whole.parts] == ["1", "2"]
    assert b"nfinity" not in encode(whole.parts[0])


def test_a_byte_order_mark_and_stray_bytes_do_not_cost_the_page() -> None:
    whole = decode(b'\xef\xbb\xbf{"parts": [{"id": "1"}, {"id": "a\xffb"}]}', Whole)
    assert [part.id for part in whole.parts] == ["1", "aÿb"]


@pytest.mark.parametrize("value", [object(), {"a": {1, 2, object()}}, "\ud800", [Part(id="\ud83d")], {"a": lambda: 1}])
def test_what_cannot_be_encoded(value: Any) -> None:
    with pytest.raises(InvalidRequestError):
        encode(value)


def test_a_reader_takes_bodies_of_its_kind_only() -> None:
    read = reader(Whole)
    assert read(b'{"parts": [{"id": "1"}]}') == Whole(parts=[Part(id="1")])
    deep = b"[" * 100_000
    for body in (b"", b"<html>", b"[]", b'{"parts": [{"id": 1}]}', b'{"parts": [{"id": "\xff"}]}', b'{"more": ' + deep):
        assert read(body) is None


class Person(Model):
    id: str
    user_id: str
    name: str
    phone: str
    text: str
    address: dict[str, str]
    tags: list[str]
    kind: Kind
    age: int
    seen: dt.datetime
    friend: Person | None = None
    missing: str | msgspec.UnsetType = msgspec.UNSET


def _person(friend: Person | None = None) -> Person:
    return Person(
        id="p1",
        user_id="u1",
        name="canary",
        phone="canary",
        text="canary",
        address={"canary": "canary"},
        tags=["canary"],
        kind=Kind.OLD,
        age=5,
        seen=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        friend=friend,
    )


def test_a_repr_tells_ids_kinds_numbers_and_times_and_no_text() -> None:
    text = repr(_person(_person())) + repr(_person().__rich_repr__())
    assert "canary" not in text
    for shown in ("id='p1'", "user_id='u1'", "age=5", "<Kind.OLD: 'old'>", "2024", "tags=[1 items]", "friend=Person("):
        assert shown in text
    assert "missing" not in text
    drifted = decode(b'{"id": 5, "text": "canary", "name": {"canary": 1}}', Person)
    assert "canary" not in repr(drifted)
    assert "canary" not in repr(Unknown(b'{"text": "canary"}'))


def test_print_says_how_to_see_the_text_that_is_hidden() -> None:
    text = str(_person(_person()))
    assert text == f"{_person(_person())!r} -- '…' hides text: .name shows one field, aioconvo.encode(item) all of it"
    assert "canary" not in text
    assert b"canary" in aioconvo.encode(_person())
    assert str(Part(id="1")) == repr(Part(id="1")) == "Part(id='1')"  # nothing is hidden
