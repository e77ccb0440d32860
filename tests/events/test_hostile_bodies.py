"""Bodies with something wrong at every place, and such as are no JSON any more: no event is lost, no error escapes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from aioconvo import raw_json
from aioconvo.events import Incoming, MessageReceived, neutral
from aioconvo.providers import Provider
from tests.campaign import FULL
from tests.events.checks import check_body, spend
from tests.events.payloads import Payload, hostile, payloads
from tests.events.requests import APP

_MISSING = object()
_STRANGE: list[Any] = [_MISSING, None, "new", "", 7, -1.5, True, [], {}, ["new"], {"id": 1}, 10**40]
_LISTS = {Provider.SUNSHINE: "events", Provider.SMSCX: "data"}
_REFUSED = {(Provider.SUNSHINE, "events"), (Provider.SMOOCH, "trigger")}
"""What makes a body a delivery at all: without it, it is none."""

_MUTANTS = 20_000 if FULL else 600
_CPU = 0.050  # seconds
_TOKENS = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"NaN", b"1e999", b"\\ud83d", b"\xff", b"\0", b"\\", b"9" * 5000]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in items:
        yield from _places(part, (*path, name))


def _changed(payload: Payload, path: tuple[Any, ...], value: object) -> Any:
    body = json.loads(payload.raw)
    place = body
    for step in path[:-1]:
        place = place[step]
    if value is _MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return body


def _cases(payload: Payload) -> Iterator[tuple[tuple[Any, ...], object]]:
    chance = random.Random(payload.name)  # noqa: S311 -- no secret
    for path in _places(json.loads(payload.raw)):
        for value in _STRANGE if FULL else chance.sample(_STRANGE, 1):
            yield path, value


def _kept(event: Incoming) -> Any:
    return json.loads(raw_json(event.native) or b"")


@pytest.mark.parametrize("payload", payloads(), ids=lambda payload: payload.name)
def test_whatever_is_strange_in_one_place_costs_nothing_else(payload: Payload) -> None:
    name = _LISTS.get(payload.provider)
    for path, value in _cases(payload):
        body = _changed(payload, path, value)
        raw = json.dumps(body).encode()
        events = check_body(payload.provider, raw)
        if (payload.provider, path[0]) in _REFUSED and len(path) == 1:
            continue
        if name is None:
            assert events, (path, value)
        elif isinstance(items := body.get(name), list):
            assert [_kept(event) for event in events] == items, (path, value)
        else:
            assert len(events) == (0 if name in body and items is None else 1), (path, value)


def _mutant(chance: random.Random, body: bytes) -> bytes:
    for _ in range(chance.randint(1, 4)):
        place = chance.randint(0, len(body))
        match chance.randint(0, 5):
            case 0:
                body = body[:place]
            case 1:
                body = body[:place] + bytes([chance.randint(0, 255)]) + body[place + 1 :]
            case 2:
                body = body[:place] + chance.choice(_TOKENS) + body[place:]
            case 3:
                other = chance.randint(0, len(body))
                body = body[:place] + body[min(place, other) : other] * chance.randint(1, 3) + body[place:]
            case 4:
                body = body[:place] + body[place + chance.randint(1, 40) :]
            case _:
                old = chance.choice([b'"id"', b'"_id"', b'"type"', b'"event"', b'"text"', b": ", b"true", b"}", b"0"])
                body = body.replace(old, chance.choice([*_TOKENS, b'"x"']), chance.randint(1, 3))
    return body


def test_no_mutant_of_a_payload_makes_another_error() -> None:
    chance = random.Random()  # noqa: S311 -- no secret
    bodies = [(one.provider, one.raw) for one in payloads()] + [(Provider.SUNSHINE, one) for one in hostile().values()]
    for _ in range(_MUTANTS):
        provider, body = chance.choice(bodies)
        mutant = _mutant(chance, body)
        try:
            check_body(provider, mutant)
        except Exception as error:
            raise AssertionError(f"a body for {provider}: {mutant!r}") from error
        if FULL:  # real time is no matter of the suite
            assert spend(provider, mutant) < _CPU, mutant


def _filled(before: bytes, unit: bytes, after: bytes, size: int = 1 << 20) -> bytes:
    room = size - len(before) - len(after)
    return before + b",".join([unit] * (room // (len(unit) + 1))) + after


_EVENT = b'{"events":[{"id":"a","type":"conversation:message","payload":{"conversation":{"id":"c","type":"personal"},'
_MESSAGE = _EVENT + b'"message":{"id":"m","received":"x","author":{"type":"user"},"content":{"type":"text","actions":['
_UNKNOWN = b'{"events":[{"type":"new","payload":['
_BATCH = b'{"trigger":"message:appUser","app":{"_id":"%b"},"appUser":{"_id":"u"},"messages":[' % APP.encode()
_LARGE: dict[str, tuple[Provider, bytes]] = {
    "no events": (Provider.SUNSHINE, _filled(b'{"events":[', b"{}", b"]}")),
    "numbers": (Provider.SUNSHINE, _filled(b'{"events":[', b"1", b"]}")),
    "misfits": (Provider.SUNSHINE, _filled(_MESSAGE, b'{"type":"reply"}', b"]}}}}]}")),
    "as many misfits as are looked at": (Provider.SUNSHINE, _filled(_MESSAGE, b'{"type":"reply"}', b"]}}}}]}", 95 << 10)),
    "members": (Provider.SUNSHINE, _filled(_EVENT[:-1] + b',"x":{', b'"a":1', b"}}}]}")),
    "of no known type": (Provider.SUNSHINE, _filled(_UNKNOWN, b'{"a":[{}]}', b"]}]}")),
    "nested": (Provider.SUNSHINE, _filled(_UNKNOWN, b"[" * 400 + b"]" * 400, b"]}]}")),
    "halves of emojis": (Provider.SUNSHINE, _filled(_UNKNOWN, b'"\\ud83d"', b"]}]}")),
    "no charset": (Provider.SUNSHINE, _filled(_UNKNOWN, b'"\xe9"', b"]}]}")),
    "zeros": (Provider.SUNSHINE, b"\0" * (1 << 20)),
    "digits": (Provider.SUNSHINE, b'{"events":[{"type":"user:remove","createdAt":' + b"9" * 1_000_000 + b"}]}"),
    "messages": (Provider.SMOOCH, _filled(_BATCH, b'{"_id":"a"}', b"]}")),
    "1,000 messages and a large rest": (
        Provider.SMOOCH,
        _filled(_BATCH + b",".join([b'{"_id":"a"}'] * 1000) + b'],"rest":[', b"1", b"]}"),
    ),
    "postbacks": (Provider.SMOOCH, _filled(b'{"trigger":"postback","postbacks":[', b"{}", b"]}")),
    "1,000 reports": (
        Provider.SMSCX,
        b'{"event":"dlr_update","data":[' + b",".join([b'{"msgId":"a","status":7,"errorCode":"x"}'] * 1000) + b"]}",
    ),
    "items": (Provider.SMSCX, _filled(b'{"event":"dlr_update","data":[', b"{}", b"]}")),
    "one large item": (Provider.SMSCX, _filled(b'{"event":"dlr_update","data":[{', b'"a":1', b"}]}")),
}


@pytest.mark.parametrize("charset", ["utf-8", "latin-1", "utf-16"])
@pytest.mark.parametrize("strange", [{}, {"cost": {"amount": 1}}, {"receivedAt": 7, "countryIso": []}])
def test_a_full_batch_of_long_messages_is_read_whole_whatever_is_strange_in_each(charset: str, strange: dict[str, Any]) -> None:
    items = [{"msgId": f"m{number}", "from": "+1", "text": "é" + "h" * 700, **strange} for number in range(200)]
    items[7]["text"] = "half of an emoji: ?"
    body = json.dumps({"event": "receive_sms", "data": items}, ensure_ascii=False).replace("?", "\\ud83d").encode(charset)
    events = check_body(Provider.SMSCX, body)
    assert [event.native.msg_id for event in events] == [item["msgId"] for item in items]
    assert {type(neutral(event)) for event in events} == {MessageReceived}


@pytest.mark.parametrize("name", _LARGE)
def test_a_large_body_costs_little(name: str) -> None:
    provider, body = _LARGE[name]
    assert len(body) <= 1 << 20
    assert sum(len(event.raw) for event in check_body(provider, body)) <= 18 << 20
    if FULL:
        assert spend(provider, body) < _CPU
