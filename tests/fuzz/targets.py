"""What is fuzzed: functions from bytes that return quietly, or raise only when they found something."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import urllib.parse
import zlib
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

import aioconvo
from aioconvo.convore import events as convore_events
from aioconvo.core.access.settings import base_url
from aioconvo.core.answers.refusals import ErrorWords, refusal_of, tells_of_an_error
from aioconvo.core.answers.response import Response
from aioconvo.core.calls.apart import take_apart
from aioconvo.core.encoding.url import encode_query, encode_segment
from aioconvo.core.errors import AioconvoError, ConfigurationError, InvalidRequestError, WebhookRefusedError
from aioconvo.core.json.codec import decode, encode
from aioconvo.core.json.faults import BrokenBodyError, UnfitError
from aioconvo.core.json.model import Envelope, Model, Unknown
from aioconvo.core.operations.operation import Operation, raw_request
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.core.paging.positions import Position
from aioconvo.core.retry.headers import retry_after
from aioconvo.core.wire.inflate import inflate
from aioconvo.core.wire.pool import RawResponse
from aioconvo.events.place import Feed, parse_place
from aioconvo.providers import Provider
from aioconvo.sunshine.models import Conversation, Message
from aioconvo.ultracart.events.reading import read_frame, receive
from tests.events.checks import check_body, check_event

__all__ = ["KINDS", "LISTS", "TARGETS"]

_NOW = 1_700_000_000.0
_LIMIT = 1 << 16
_HOOKED = (Provider.SUNSHINE, Provider.SMOOCH, Provider.SMSCX)
_SECRET = b"of-the-webhook"
_FEED = Feed("convore", "events", None)
_hook = aioconvo.SunshineWebhook(secrets=[_SECRET.decode()])


class _Payload(Model, rename="camel"):
    conversation: Conversation | None = None
    message: Message | None = None


class _Event(Model, rename="camel"):
    id: str
    type: str | None = None
    payload: _Payload | None = None


class Webhook(Envelope):
    """What a webhook delivers, as Sunshine Conversations shapes it."""

    events: list[_Event]


def _kinds() -> list[Any]:
    found: dict[Any, None] = {Webhook: None, object: None}
    for provider in Provider:
        for operation in provider.operations:
            if operation.response is not None:
                found[operation.response] = None
    return list(found)


KINDS = _kinds()
"""Every type that an answer or a webhook is decoded to."""


def _clients() -> list[Any]:
    return [
        aioconvo.SmscxClient(api_key="k"),
        aioconvo.SunshineClient(app_id="a", key_id="k", secret="s"),
        aioconvo.SmoochClient(app_id="a", key_id="k", secret="s"),
        aioconvo.ConvoreClient(api_key="k"),
        aioconvo.UltraCartClient(simple_key="k"),
    ]


_CLIENTS = _clients()
_SMSCX, _SUNSHINE, _SMOOCH, _CONVORE, _ULTRACART = _CLIENTS

LISTS: list[tuple[Any, Callable[..., AsyncPaginator[Any]]]] = [
    (_SMSCX, _SMSCX.conversations.list),
    (_SUNSHINE, lambda **more: _SUNSHINE.conversations.list(user_id="u", **more)),
    (_SUNSHINE, lambda **more: _SUNSHINE.messages.list("c", **more)),
    (_SUNSHINE, lambda **more: _SUNSHINE.participants.list("c", **more)),
    (_SMOOCH, lambda **more: _SMOOCH.messages.list("u", **more)),
    (_CONVORE, _CONVORE.conversations.list),
    (_CONVORE, _CONVORE.messages.list),
    (_ULTRACART, _ULTRACART.conversations.list),
    (_ULTRACART, _ULTRACART.conversations.search),
    (_ULTRACART, lambda **more: _ULTRACART.messages.list("c", **more)),
]
"""Every list, with the client that asks."""


def decoders(data: bytes) -> None:
    """Any body, as any answer: a value that prints, encodes and decodes again, or a typed refusal."""
    kind, body = KINDS[data[0] % len(KINDS)] if data else object, data[1:]
    try:
        value: Any = decode(body, kind)
    except BrokenBodyError:
        return
    _prints_and_encodes(value)


def _prints_and_encodes(value: Any) -> None:
    repr(value)
    with contextlib.suppress(InvalidRequestError):
        json.loads(encode(value), parse_int=str)  # not msgspec: what was kept raw may hold lone surrogates, as it came
    if isinstance(value, Unknown):
        value.json()
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _prints_and_encodes(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            _prints_and_encodes(item)


def lists(data: bytes) -> None:
    """Two pages of any list, from the same body: items and a position, or a typed refusal."""
    client, make = LISTS[data[0] % len(LISTS)] if data else LISTS[0]
    _walk(client, make, data[1:], None)


def positions(data: bytes) -> None:
    """Any text as a stored position: refused, or walked on from without a crash and without going backwards."""
    client, make = LISTS[data[0] % len(LISTS)] if data else LISTS[0]
    text, _, body = data[1:].decode("utf-8", "surrogateescape").partition("\0")
    identity = make()._identity
    first = hashlib.blake2b(identity.former.encode(), digest_size=6).hexdigest()
    now = str(Position(identity, Mark())).removesuffix("{}]")
    for start in (text, text.replace('["WALK",', now), text.replace("WALK", first)):
        _walk(client, make, body.encode("utf-8", "surrogateescape") or b"{}", start)


def _walk(client: Any, make: Callable[..., AsyncPaginator[Any]], body: bytes, start: str | None) -> None:
    async def send(request: Any) -> Response[Any]:
        answer = RawResponse(200, _headers({}), body)
        try:
            data = client._decode(request.operation, answer)
        except UnfitError:
            data = client._decode(request.operation, await take_apart(answer, request.operation.response))
        if tells_of_an_error(data, body, enveloped=client.enveloped):
            refusal_of(ErrorWords(), body)
            raise BrokenBodyError("refused", cut=False)
        if request.check is not None and data is not None:
            request.check(data)
        return Response(data, 200, {}, body, 1, 0.0, None, request.operation)

    client.send = send
    try:
        pages = make(start=start).pages()
        for _ in range(2):
            page = _now(anext(pages))
            repr(page)
            make(start=page.position)
            for item in page.items:
                assert item is not None
    except (AioconvoError, BrokenBodyError, StopAsyncIteration):
        return
    finally:
        del client.send


def _now(coroutine: Any) -> Any:
    """What a coroutine gives that waits for nothing but its turn."""
    running: Coroutine[Any, Any, Any] = coroutine
    try:
        while running.send(None) is None:
            pass
    except StopIteration as end:
        return end.value
    raise AssertionError("something waits")


def error_words(data: bytes) -> None:
    """Any body as an error answer: words or none, never a crash."""
    for client in _CLIENTS:
        words = client._error_words(RawResponse(400, _headers({"UC-REST-ERROR": "x"}), data))
        assert all(word is None or isinstance(word, str) for word in (words.code, words.words))


def retry_headers(data: bytes) -> None:
    """Any text as `Retry-After` or a reset: a finite wait that is not negative, or none."""
    text = data.decode("latin-1")
    for name in ("Retry-After", "X-Rate-Limit-Reset", "X-RateLimit-Reset", "RateLimit-Reset"):
        for limited in (True, False):
            wait = retry_after(_headers({name: text}), _NOW, limited=limited)
            assert wait is None or (0 <= wait < math.inf)


def inflating(data: bytes) -> None:
    """Any bytes in any encoding: at most the limit, or a typed refusal; what was compressed comes back whole."""
    encoding = ("gzip", "deflate", "identity", " X-GZIP ", "br")[data[0] % 5] if data else "gzip"
    body = data[1:]
    with contextlib.suppress(BrokenBodyError):
        assert len(inflate(body, encoding, _LIMIT)) <= max(_LIMIT, len(body))
    packed = zlib.compress(body[:_LIMIT])
    assert inflate(packed, "deflate", _LIMIT) == body[:_LIMIT]
    try:
        inflate(packed[:-1], "deflate", _LIMIT)
    except BrokenBodyError:
        return
    raise AssertionError("a cut body was accepted")


_TEMPLATE: Operation[Any] = Operation("f.f", "F", "GET", "/a/{one}/b/{two}", None, aioconvo.Effect.READ)


def paths(data: bytes) -> None:
    """Any text in the template, in the query and as a raw path: it stays in its place, or is refused."""
    text = data.decode("utf-8", "surrogateescape")
    half = len(text) // 2
    with contextlib.suppress(InvalidRequestError):
        filled = _TEMPLATE.fill((text[:half], text[half:]))
        assert filled.isascii()
        assert filled.isprintable()
        assert [urllib.parse.unquote(part) for part in filled.split("/")] == ["", "a", text[:half], "b", text[half:]]
        assert URL.build(scheme="https", host="h", path=filled, encoded=True).raw_path == filled
        assert encode_segment("one", text) not in {"", ".", ".."}
    with contextlib.suppress(InvalidRequestError):
        query = encode_query(((text[:half] or "n", text[half:]), ("list", [text, text])))
        assert query.isascii()
        assert query.isprintable()
        pairs = [(text[:half] or "n", text[half:]), ("list", text), ("list", text)]
        assert urllib.parse.parse_qsl(query, keep_blank_values=True) == pairs
    with contextlib.suppress(InvalidRequestError):
        path = raw_request("f", "GET", text).path
        assert URL.build(scheme="https", host="h", path=path, encoded=True).raw_path == path == text


def base_urls(data: bytes) -> None:
    """Any text as a base URL: an https origin and a path, or refused."""
    try:
        origin, prefix = base_url(data.decode("utf-8", "surrogateescape"), allow_http=False)
    except ConfigurationError:
        return
    assert origin.scheme == "https" or origin.host in {"localhost", "::1"} or str(origin.host).startswith("127.")
    assert origin.user is None
    assert not prefix.endswith("/")


def _headers(pairs: dict[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


def webhooks(data: bytes) -> None:
    """A request's body: refused, or each event of it is kept whole; the first byte says whose it is."""
    number, body = (data[0], data[1:]) if data else (0, b"")
    check_body(_HOOKED[number % len(_HOOKED)], body)


def frames(data: bytes) -> None:
    """A frame of UltraCart's socket: none, or each event of it is kept whole."""
    try:
        found = receive("shop", data, {"an-agent"}, 1)
    except BrokenBodyError:
        with contextlib.suppress(BrokenBodyError):
            assert read_frame(data) is None
        return
    for event in found:
        check_event(Provider.ULTRACART, event)


def polls(data: bytes) -> None:
    """A page of Convore's events, one event, or what a bot stored of one: no JSON, or each event reads the same again."""
    with contextlib.suppress(BrokenBodyError):
        for one in convore_events.read("shop", data):
            assert convore_events.read("shop", one.raw) == (one,)
            assert convore_events.neutral(one).key == one.key
            assert all(name.startswith("shop:") for name in (one.key, *one.lanes))
    with contextlib.suppress(InvalidRequestError):
        place = parse_place(data.decode("utf-8", "surrogateescape"), _FEED)
        assert str(parse_place(str(place), _FEED)) == str(place)


def webhook_headers(data: bytes) -> None:
    """Headers that may hold a secret."""
    names = (b"X-API-Key", b"x-api-key", b"X-Other", b"")
    pairs = [(names[one[0] % len(names)], one[1:]) for one in data.split(b"\n") if one]
    own = [value for name, value in pairs if name.lower() == b"x-api-key"]
    for headers in (pairs, [(name.decode(), value.decode("latin-1")) for name, value in pairs]):
        verified = True
        try:
            _hook.verify(headers)
        except WebhookRefusedError as refused:
            verified = refused.status != 401
        assert verified == (own == [_SECRET])


TARGETS: dict[str, Callable[[bytes], None]] = {
    "decoders": decoders,
    "lists": lists,
    "positions": positions,
    "error_words": error_words,
    "retry_headers": retry_headers,
    "inflating": inflating,
    "paths": paths,
    "polls": polls,
    "base_urls": base_urls,
    "frames": frames,
    "webhooks": webhooks,
    "webhook_headers": webhook_headers,
}
