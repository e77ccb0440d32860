"""Inputs that are nearly right, as hypothesis strategies of bytes: only those reach deep into the code."""

from __future__ import annotations

import contextlib
import enum
import json
import types
import typing
import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

from aioconvo import smscx
from aioconvo.convore import EventType
from aioconvo.providers import Provider
from aioconvo.smooch.events.natives import ANY_EVENT
from aioconvo.sunshine.events.natives import AnyEvent
from aioconvo.ultracart.events.natives import FRAMES
from tests.events.payloads import payloads
from tests.fuzz.targets import KINDS, LISTS

__all__ = ["INPUTS"]

_HOOKED = (Provider.SUNSHINE, Provider.SMOOCH, Provider.SMSCX)
_EVENTS: list[Sequence[Any]] = [
    typing.get_args(AnyEvent),
    typing.get_args(ANY_EVENT),
    [getattr(smscx, name) for name in dir(smscx) if name.endswith("Event") and hasattr(getattr(smscx, name), "event")],
]
_TEXTS = st.one_of(
    st.sampled_from(["", "x", "2026-01-01T00:00:00Z", "not a time", "\ud800", "a\x00b", "https://x.test", "1790000000", "nan"]),
    st.text(st.characters(exclude_categories=()), max_size=12),
)
_NUMBERS = st.one_of(
    st.sampled_from([0, -1, 2**31, 2**53, 2**63, 2**64, -(2**70), 1e308, -0.0, 0.1, 1790000000.123]),
    st.integers(-10, 10**14),
    st.floats(allow_nan=False, allow_infinity=False),
)
_ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def _shaped(kind: Any, draw: st.DrawFn, depth: int = 0) -> Any:  # noqa: PLR0911 -- a return for each kind of type
    """A JSON value in the shape of a type, with something wrong now and then."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if depth > 8 or draw(st.integers(0, 19)) == 0:
        return draw(_ANY)
    if origin in {typing.Union, types.UnionType}:
        return _shaped(draw(st.sampled_from(arguments)), draw, depth + 1)
    if origin is typing.Annotated:
        return _shaped(arguments[0], draw, depth)
    if origin is list:
        return [_shaped(arguments[0], draw, depth + 1) for _ in range(draw(st.integers(0, 3)))]
    if origin is dict:
        return {draw(_TEXTS): _shaped(arguments[1], draw, depth + 1) for _ in range(draw(st.integers(0, 2)))}
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _object(kind, draw, depth)
    return draw(_scalar(kind))


def _object(kind: type[msgspec.Struct], draw: st.DrawFn, depth: int) -> dict[str, Any]:
    config = kind.__struct_config__
    value: dict[str, Any] = {} if config.tag_field is None else {config.tag_field: config.tag}
    for field in msgspec.structs.fields(kind):
        if (field.required and draw(st.integers(0, 9))) or draw(st.booleans()):
            value[field.encode_name] = _shaped(field.type, draw, depth + 1)
    return value


def _scalar(kind: Any) -> st.SearchStrategy[Any]:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return st.one_of(st.sampled_from([member.value for member in kind]), _TEXTS)
    if kind is bool:
        return st.booleans()
    if kind in {int, float}:
        return _NUMBERS
    if kind is type(None):
        return st.none()
    return _TEXTS if kind is not Any and kind is not object else _ANY


@st.composite
def _documents(draw: st.DrawFn, kinds: list[Any]) -> bytes:
    """The number of a kind, and JSON for it, sometimes cut or with a byte changed."""
    number = draw(st.integers(0, len(kinds) - 1))
    # Written by hand where it matters: msgspec would refuse the lone surrogates and the large numbers.
    body = json.dumps(_shaped(kinds[number], draw), ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    match draw(st.integers(0, 7)):
        case 0:
            body = body[: draw(st.integers(0, len(body)))]
        case 1 if body:
            place = draw(st.integers(0, len(body) - 1))
            body = body[:place] + draw(st.binary(min_size=1, max_size=2)) + body[place + 1 :]
        case _:
            pass
    return bytes([number]) + body


def _page_kinds() -> list[Any]:
    """What each list decodes to, in the order of `LISTS`."""
    found: list[Any] = []
    for client, make in LISTS:

        async def send(request: Any) -> Any:
            found.append(request.operation.response)
            raise LookupError

        client.send = send
        with contextlib.suppress(LookupError):
            make().__await__().send(None)
        del client.send
    return found


_PAGES = _documents(_page_kinds())


@st.composite
def _positions(draw: st.DrawFn) -> bytes:
    """The number of a list, a position, and a page to go on with."""
    page = draw(_PAGES)
    mark = st.fixed_dictionaries(
        {},
        optional={
            "cursor": st.one_of(st.none(), _TEXTS),
            "offset": st.integers(-5, 10**20),
            "time": st.one_of(st.none(), st.integers(-(10**20), 10**20)),
            "seen": st.lists(_TEXTS, max_size=3),
            "newest": st.one_of(st.none(), _TEXTS),
            "oldest": st.one_of(st.none(), _TEXTS),
            "late": st.lists(_TEXTS, max_size=2),
            "floor": st.one_of(st.none(), _TEXTS),
            "total": st.one_of(st.none(), st.integers(-5, 10**10)),
            "moved": st.booleans(),
            "confirming": st.booleans(),
            "ended": st.booleans(),
        },
    )
    shaped = st.tuples(st.just("WALK"), mark, st.integers(-3, 5)).map(json.dumps)
    position: str = draw(st.one_of(shaped, shaped, shaped, _ANY.map(json.dumps), st.text(max_size=30)))
    return page[:1] + position.encode("utf-8", "surrogatepass") + b"\0" + page[1:]


_DATES = st.datetimes().map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))
_HEADER = st.one_of(
    _TEXTS, _DATES, _NUMBERS.map(str), st.builds("{} {}".format, _DATES, _TEXTS), st.from_regex(r"[0-9eE+.,:\- ]{0,12}")
)
_PIECES = st.lists(
    st.sampled_from(
        ["..", ".", "/", "//", "%2e", "%2F", "%00", "\\", "?", "#", "@", ":", "\r\n", "a", "é", "\x00", "https://", "[", "]"]
    )
    | st.text(st.characters(exclude_categories=()), max_size=4)
).map("".join)
_PACKED = st.builds(
    lambda number, body, bits, cut: bytes([number]) + _packed(body, bits)[: None if cut < 3 else -cut],
    st.integers(0, 4),
    st.one_of(st.binary(max_size=200), st.integers(0, 300_000).map(bytes)),
    st.sampled_from([31, 15, -15]),
    st.integers(0, 9),
)


def _packed(body: bytes, bits: int) -> bytes:
    stream = zlib.compressobj(wbits=bits)
    return stream.compress(body) + stream.flush()


def _utf8(texts: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    return texts.map(lambda text: text.encode("utf-8", "surrogatepass"))


_DOCUMENTS = _documents(KINDS)


@st.composite
def _deliveries(draw: st.DrawFn) -> bytes:
    """Whose it is, and a body of theirs: a known one that is damaged, or one made after the structs of its events."""
    number = draw(st.integers(0, 2))
    if draw(st.booleans()):
        body = draw(st.sampled_from([one.raw for one in payloads() if one.provider is _HOOKED[number]]))
        for _ in range(draw(st.integers(0, 3))):
            place, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
            body = body[:place] + draw(st.binary(max_size=3) | _utf8(_TEXTS)) + body[min(end, place + 20) :]
        return bytes([number]) + body
    kind = draw(st.sampled_from(_EVENTS[number]))
    made = _shaped(kind, draw)
    whole = {0: {"events": [made, made]}, 1: made, 2: {"event": getattr(kind, "event", ""), "data": [made]}}[number]
    return bytes([number]) + json.dumps(whole).encode("utf-8", "surrogatepass")


@st.composite
def _frames(draw: st.DrawFn) -> bytes:
    """A frame made after the structs, alone or in a list, and cut now and then."""
    (kind, event), struct = draw(st.sampled_from(list(FRAMES.items())))
    made = _shaped(struct, draw)
    if isinstance(made, dict):
        made |= draw(st.sampled_from([{"type": kind, "event_type": event}, {"type": kind, "event_type": event}, {}]))
    whole = json.dumps(draw(st.sampled_from([made, [made, made]]))).encode("utf-8", "surrogatepass")
    return whole[: draw(st.integers(0, len(whole)))] if draw(st.integers(0, 9)) == 0 else whole


_POLLED = st.fixed_dictionaries(
    {},
    optional={
        "id": _TEXTS | _ANY,
        "type": st.sampled_from(list(EventType)) | _ANY,
        "object_id": _TEXTS | _ANY,
        "object_type": st.sampled_from(["message", "conversation", "label"]) | _ANY,
        "created_at": _TEXTS | _ANY,
        "conversation_id": _TEXTS | _ANY,
        "message_id": _TEXTS | _ANY,
    },
)
_PLACES = st.tuples(st.integers(0, 2), st.just("convore"), st.just("events"), _ANY, st.just(""), _NUMBERS, _NUMBERS, _TEXTS)
_POLLS = st.one_of(
    _POLLED,
    st.fixed_dictionaries({"event": _POLLED | _ANY, "message": _ANY}),
    st.fixed_dictionaries({"data": st.lists(_POLLED | _ANY, max_size=4) | _ANY, "next_cursor": _ANY}),
    _PLACES,
    _ANY,
).map(lambda one: json.dumps(one).encode())

INPUTS: dict[str, st.SearchStrategy[bytes]] = {
    "decoders": _DOCUMENTS | st.binary(max_size=300),
    "lists": _PAGES | st.binary(max_size=300),
    "positions": _positions(),
    "error_words": _DOCUMENTS.map(lambda data: data[1:])
    | st.binary(max_size=300)
    | _ANY.map(lambda one: json.dumps(one).encode()),
    "retry_headers": _utf8(_HEADER),
    "inflating": _PACKED | st.binary(max_size=300),
    "polls": _POLLS | st.binary(max_size=300),
    "paths": _utf8(_PIECES | _PIECES.map(lambda path: "/" + path)),
    "base_urls": _utf8(_PIECES | _PIECES.map(lambda rest: "https://" + rest)),
    "frames": _frames() | st.binary(max_size=300),
    "webhooks": _deliveries() | st.binary(max_size=300),
    "webhook_headers": st.lists(
        st.integers(0, 3)
        .map(lambda one: bytes([one]))
        .flatmap(lambda first: st.sampled_from([b"of-the-webhook", b"of-the-webhooK"]).map(lambda rest: first + rest))
        | st.binary(max_size=40),
        max_size=4,
    ).map(b"\n".join),
}
"""For each target, what it is fed."""
