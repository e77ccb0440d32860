"""Webhooks: who gets in, what is refused and how, for every provider."""

from __future__ import annotations

import collections
import copy
import pickle
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from multidict import CIMultiDict

from aioconvo import (
    ConfigurationError,
    SmoochWebhook,
    SmscxWebhook,
    SunshineWebhook,
    WebhookRefusedError,
    raw_json,
    sunshine,
)
from aioconvo.events import Incoming, UnknownEvent
from aioconvo.events.webhook import Webhook, check_account
from aioconvo.sunshine.events import reading
from tests.events.payloads import OF_ANOTHER_VERSION, ROOT, hostile
from tests.events.requests import APP, NEXT, REQUESTS, SECRET, TOKEN, Request, hooks

BODY = (ROOT / "sunshine" / "batch.json").read_bytes()


@pytest.mark.parametrize("request_", [one for one in REQUESTS if one.method == "POST"], ids=lambda one: one.name)
def test_the_table_of_requests(request_: Request) -> None:
    assert _answer(hooks()[request_.provider], request_) == (request_.status, request_.events if request_.status == 200 else 0)


def _answer(hook: Webhook, request_: Request) -> tuple[int, int]:
    try:
        delivery = hook.open(request_.headers, request_.body, token=request_.token)
    except WebhookRefusedError as refused:
        return refused.status, 0
    return 200, len(delivery.events)


def _hook(**settings: Any) -> SunshineWebhook:
    return SunshineWebhook(**({"secrets": [SECRET]} | settings))


def _status(hook: SunshineWebhook, headers: Any, body: bytes = BODY) -> int:
    try:
        hook.open(headers, body)
    except WebhookRefusedError as refused:
        return refused.status
    return 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": SECRET},
        {"x-api-key": SECRET, "Host": "example.org"},
        {b"X-Api-Key": SECRET.encode()},
        [("Accept", "*/*"), ("X-API-KEY", SECRET)],
        [(b"host", b"example.org"), (b"x-api-key", SECRET.encode())],
        CIMultiDict({"X-API-Key": SECRET}),
        collections.UserDict({"X-API-Key": SECRET}),
        (pair for pair in [("X-API-Key", SECRET)]),
    ],
)
def test_headers_in_the_forms_of_all_frameworks(headers: Any) -> None:
    assert [event.account for event in _hook().open(headers, BODY).events] == ["sunshine"] * 4


@pytest.mark.parametrize(
    "headers",
    [
        {},
        [],
        {"X-API-Key": ""},
        {"X-API-Key": SECRET[:-1]},
        {"X-API-Key": SECRET + "x"},
        {"X-API-Key": "caf\xe9"},
        {"X-API-Key": "\u20ac\ud800"},
        {"X-API-Key": b"caf\xe9\xff"},
        {"X-API-Key": "x" * (1 << 20)},
        {"X-API-Key": None},
        {"Authorization": f"Bearer {SECRET}"},
        [("X-API-Key", SECRET), ("x-api-key", SECRET)],
        [("X-API-Key", SECRET), (b"x-api-key", b"other")],
        CIMultiDict([("X-API-Key", SECRET), ("X-API-Key", SECRET)]),
        {"X-API-Key": f"{SECRET}, {SECRET}"},
    ],
)
def test_without_one_right_secret_it_is_401(headers: Any) -> None:
    assert _status(_hook(), headers) == 401


def test_secrets_change_while_both_are_taken() -> None:
    hook = _hook(secrets=[SECRET, NEXT])
    assert {_status(hook, {"X-API-Key": one}) for one in (SECRET, NEXT)} == {200}
    assert _status(hook, {"X-API-Key": "another"}) == 401
    assert _status(_hook(secrets=[NEXT]), {"X-API-Key": SECRET}) == 401


@pytest.mark.parametrize(
    "secrets", [[], (), [""], [SECRET, ""], [" "], [None], SECRET, SECRET.encode(), None, [7], ["caf\xe9"], ["a b"]]
)
def test_settings_that_would_let_everybody_in_or_nobody_are_errors_at_the_start(secrets: Any) -> None:
    with pytest.raises(ConfigurationError, match="secrets") as caught:
        _hook(secrets=secrets)
    assert SECRET not in str(caught.value)


def test_settings_from_variables() -> None:
    variables = {"AIOCONVO_SUNSHINE_WEBHOOK_SECRETS": f"{SECRET}, {NEXT},"}
    assert _status(SunshineWebhook.from_env(environ=variables), {"X-API-Key": NEXT}) == 200
    strict = SunshineWebhook.from_env(environ=variables | {"AIOCONVO_SUNSHINE_APP_ID": "another"}, account="shop")
    assert (strict.account, strict.app_id, _status(strict, {"X-API-Key": NEXT})) == ("shop", "another", 401)
    for wrong in ({}, {"AIOCONVO_SUNSHINE_WEBHOOK_SECRETS": ""}, {"AIOCONVO_SUNSHINE_WEBHOOK_SECRETS": " , "}):
        with pytest.raises(ConfigurationError):
            SunshineWebhook.from_env(environ=wrong)


def test_a_webhook_is_bound_to_an_account_and_an_app() -> None:
    hook = _hook()
    bound = hook.bound(account="shop", app_id=APP)
    assert (bound.account, bound.app_id, hook.account, hook.app_id) == ("shop", APP, "sunshine", None)
    delivery = bound.open({"X-API-Key": SECRET}, BODY)
    assert delivery.account == "shop"
    assert all(event.key.startswith("shop:") and event.lanes[0].startswith("shop:") for event in delivery.events)
    assert _status(hook.bound(app_id="another"), {"X-API-Key": SECRET}) == 401
    assert hook.bound(app_id="another").bound(account="shop").app_id == "another"
    for name in ("", "a b", "a/b", "a:b", "x" * 65):
        with pytest.raises(ConfigurationError, match="account"):
            check_account(name)


def test_bodies_that_are_too_large_and_those_that_are_cut() -> None:
    key = {"X-API-Key": SECRET}
    spacious = BODY.replace(b"{", b"{" + b" " * (1 << 20), 1)
    assert _status(_hook(), key, spacious) == 413
    assert _status(_hook(most_bytes=1 << 22), key, spacious) == 200
    assert _status(_hook(most_bytes=10), key) == 413
    assert _status(_hook(), key | {"Content-Length": str(len(BODY))}, BODY[:-9]) == 408
    assert _status(_hook(), key | {"Content-Length": str(len(BODY) - 9)}, BODY[:-9]) == 400
    for strange in ("", "-1", "many", "9" * 5000, "1e9", "\u0663"):
        assert _status(_hook(), key | {"Content-Length": strange}, BODY[:-9]) == 400
    many = b'{"events":[' + b",".join([b"{}"] * 2001) + b"]}"
    assert _status(_hook(), key, many) == 413
    with pytest.raises(ConfigurationError, match="body"):
        _hook().open(key, "{}")  # type: ignore[arg-type] # what is refused


@pytest.mark.parametrize("name", sorted(hostile()))
def test_hostile_bodies(name: str) -> None:
    expected = {"bad-utf8-in-payload": 200, "bom": 200, "duplicate-keys": 200, "event-is-string": 200, "event-without-id": 200}
    expected |= {"events-null": 200, "huge-int": 200, "id-number": 200, "lone-surrogate": 200}
    assert _status(_hook(), {"X-API-Key": SECRET}, hostile()[name]) == expected.get(name, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"events":[{"id":"a","type":"user:remove","payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
        b'{"events":[{"id":"a","type":"new","payload":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}]}",
    ],
    ids=["arrays", "payload", "objects"],
)
def test_what_is_nested_too_deeply_is_no_json(body: bytes) -> None:
    assert _status(_hook(), {"X-API-Key": SECRET}, body) == 400


def test_a_body_of_the_other_version_is_named_as_such() -> None:
    with pytest.raises(WebhookRefusedError, match=r"400: .*Smooch v1\.1.*SmoochWebhook"):
        _hook().open({"X-API-Key": SECRET}, (ROOT / OF_ANOTHER_VERSION).read_bytes())


def test_and_the_other_way_round() -> None:
    with pytest.raises(WebhookRefusedError, match=r"400: .*Sunshine Conversations v2.*SunshineWebhook"):
        SmoochWebhook(secrets=[SECRET]).open({"X-API-Key": SECRET}, BODY)
    assert SmoochWebhook(secrets=[SECRET]).open_unverified(b'{"appUser":{"_id":"u"}}').events[0].lanes == ("smooch:u",)
    for body in (b"{}", b'{"trigger":null}', b"[]", b"null"):
        with pytest.raises(WebhookRefusedError, match="400: "):
            SmoochWebhook(secrets=[SECRET]).open_unverified(body)


REPORTS = (ROOT / "smscx" / "dlr-update.json").read_bytes()


def test_what_proves_a_request_of_smscx_is_a_token_in_its_address() -> None:
    hook = SmscxWebhook(tokens=[TOKEN])
    assert len(hook.open({}, REPORTS, token=TOKEN).events) == 4
    assert len(hook.open([], REPORTS, token=TOKEN.encode()).events) == 4
    for token in (None, "", TOKEN[:-1], TOKEN + "=", "caf\xe9", "\ud800", b"\xff" * 43, "x" * (1 << 20)):
        with pytest.raises(WebhookRefusedError, match="401: ") as caught:
            hook.open({"X-API-Key": TOKEN}, REPORTS, token=token)
        assert TOKEN[:-1] not in str(caught.value)
    for body in (b"{}", BODY, b'{"trigger":"postback"}'):
        with pytest.raises(WebhookRefusedError, match="400: "):
            hook.open({}, body, token=TOKEN)
    assert TOKEN not in repr(hook)
    assert (SmscxWebhook.new_token() == TOKEN, len(TOKEN)) == (False, 43)


@pytest.mark.parametrize("tokens", [[], [""], ["short"], [TOKEN[:-1]], [TOKEN, "x" * 42], ["/" * 43], ["%41" * 20], TOKEN])
def test_a_token_that_can_be_guessed_is_an_error_at_the_start(tokens: Any) -> None:
    with pytest.raises(ConfigurationError, match="tokens"):
        SmscxWebhook(tokens=tokens)


def test_addresses_of_smscx_can_be_named() -> None:
    hook = SmscxWebhook(tokens=[TOKEN], addresses=["192.0.2.0/24", "2001:db8::1"])

    def status(address: str | None) -> int:
        try:
            hook.open({"X-Forwarded-For": "192.0.2.1"}, REPORTS, token=TOKEN, address=address)
        except WebhookRefusedError as refused:
            return refused.status
        return 200

    assert {status(one) for one in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1")} == {200}
    assert {status(one) for one in (None, "", "192.0.3.1", "2001:db8::2", "nobody")} == {401}
    for wrong in (["nowhere"], ["192.0.2.0/99"], [None]):
        with pytest.raises(ConfigurationError, match="addresses"):
            SmscxWebhook(tokens=[TOKEN], addresses=wrong)  # type: ignore[arg-type] # what is refused


def test_the_variables_of_smscx() -> None:
    variables = {"AIOCONVO_SMSCX_WEBHOOK_SECRETS": TOKEN}
    assert len(SmscxWebhook.from_env(environ=variables, account="texts").open({}, REPORTS, token=TOKEN).events) == 4
    bound = SmscxWebhook.from_env(environ=variables | {"AIOCONVO_SMSCX_WEBHOOK_ADDRESSES": "192.0.2.1, 192.0.2.2"})
    assert bound.bound(account="b", app_id="none").open({}, REPORTS, token=TOKEN, address="192.0.2.2").account == "b"
    with pytest.raises(ConfigurationError, match="AIOCONVO_SMSCX_WEBHOOK_SECRETS"):
        SmscxWebhook.from_env(environ={})


def test_nothing_is_told_of_secrets_and_bodies() -> None:
    hook = _hook()
    told = [repr(hook), str(hook), repr(hook.open({"X-API-Key": SECRET}, BODY))]
    for headers, body in (({"X-API-Key": "guessed-canary"}, BODY), ({"X-API-Key": SECRET}, b'{"canary"')):
        with pytest.raises(WebhookRefusedError) as caught:
            hook.open(headers, body)
        told += [str(caught.value), repr(caught.value), repr(caught.value.__cause__)]
    assert not [text for text in told if SECRET in text or "canary" in text or "Jane" in text]


def test_a_webhook_loads_no_aiohttp() -> None:
    program = f"""
import sys
from aioconvo import SunshineWebhook, sunshine, raw_json
from aioconvo.events import MessageReceived, neutral
delivery = SunshineWebhook(secrets=[{SECRET!r}]).open({{"X-API-Key": {SECRET!r}}}, {BODY!r})
event = neutral(delivery.events[0])
assert isinstance(event, MessageReceived) and isinstance(event.native, sunshine.MessageEvent) and raw_json(event.native)
assert not {{"aiohttp", "asyncio", "anyio"}} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 -- the program stands above


def _message() -> Incoming:
    (event,) = _hook().open({"X-API-Key": SECRET}, (ROOT / "sunshine" / "conversation-message-e3bc.json").read_bytes()).events
    return event


def test_a_message_that_comes_alone_is_made_when_it_is_read_first(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []
    plain = reading.open_delivery

    def counting(raw: bytes) -> Any:
        made.append(raw)
        return plain(raw)

    monkeypatch.setattr(reading, "open_delivery", counting)
    event = _message()
    assert made == []
    assert event.native is event.native
    assert made == [event.raw]
    assert isinstance(event.native, sunshine.MessageEvent)
    assert raw_json(event.native)


def test_an_event_is_the_same_whether_its_native_was_read_or_not() -> None:
    read, unread = _message(), _message()
    assert read.native
    assert read == unread
    assert hash(read) == hash(unread)
    again, copied = pickle.loads(pickle.dumps(_message())), copy.copy(_message())  # noqa: S301 -- our own
    assert again == copied == read
    assert raw_json(again.native) == raw_json(read.native)
    assert "MessageEvent" in repr(_message())
    assert msgspec.structs.replace(_message(), key="shop:1") != read
    assert read != read.native


def test_what_cannot_be_read_any_more_where_it_is_asked_for_is_an_unknown_event(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(_: bytes) -> Any:
        raise RecursionError

    event = _message()
    monkeypatch.setattr(reading, "open_delivery", too_deep)
    assert isinstance(event.native, UnknownEvent)
    assert raw_json(event.native) == event.raw
