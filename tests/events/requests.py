"""One table of requests and the status that each is answered with, by `hook.open`, by every adapter and every recipe."""

from __future__ import annotations

import gzip
import json
from typing import Any, NamedTuple

from aioconvo import SmoochWebhook, SmscxWebhook, SunshineWebhook
from aioconvo.providers import Provider
from tests.events.payloads import OF_ANOTHER_VERSION, ROOT, hostile

SECRET = "0123456789abcdef-secret"
NEXT = "fedcba9876543210-secret"
TOKEN = "abcdefghijklmnopqrstuvwxyz-0123456789_ABCDE"
APP = "006a1000000000000000005a"
MIB = 1 << 20


def hooks() -> dict[Provider, Any]:
    """A webhook of each provider that has some."""
    return {
        Provider.SUNSHINE: SunshineWebhook(secrets=[SECRET, NEXT], app_id=APP),
        Provider.SMOOCH: SmoochWebhook(secrets=[SECRET], app_id=APP),
        Provider.SMSCX: SmscxWebhook(tokens=[TOKEN]),
    }


class Request(NamedTuple):
    """One request: to the webhook of a provider, for SMS.CX with a token in its path. `events` are those of a good one."""

    name: str
    provider: Provider
    status: int
    body: bytes
    headers: tuple[tuple[str, bytes], ...] = ()
    token: str | None = None
    method: str = "POST"
    events: int = 1


def _file(name: str) -> bytes:
    return (ROOT / name).read_bytes()


_BATCH = _file("sunshine/batch.json")
_V1 = _file("smooch/message-appuser-two-messages.json")
_SMS = _file("smscx/receive-sms.json")
_KEY = (("X-API-Key", SECRET.encode()),)


def _sunshine(name: str, status: int, body: bytes = _BATCH, *headers: tuple[str, bytes], events: int = 1) -> Request:
    return Request(f"sunshine {name}", Provider.SUNSHINE, status, body, headers or _KEY, events=events)


def _smooch(name: str, status: int, body: bytes = _V1, *headers: tuple[str, bytes], events: int = 1) -> Request:
    return Request(f"smooch {name}", Provider.SMOOCH, status, body, headers or _KEY, events=events)


def _smscx(name: str, status: int, body: bytes = _SMS, token: str | None = TOKEN, events: int = 1) -> Request:
    return Request(f"smscx {name}", Provider.SMSCX, status, body, (), token, events=events)


def _of_app(body: bytes) -> bytes:
    return json.dumps(json.loads(body) | {"app": {"id": APP}}).encode()


REQUESTS: list[Request] = [
    _sunshine("batch", 200, events=4),
    _sunshine("header in lower case", 200, _BATCH, ("x-api-key", SECRET.encode()), events=4),
    _sunshine("header in upper case", 200, _BATCH, ("X-API-KEY", SECRET.encode()), events=4),
    _sunshine("next secret", 200, _BATCH, ("X-API-Key", NEXT.encode()), events=4),
    _sunshine("text/plain", 200, _BATCH, *_KEY, ("Content-Type", b"text/plain"), events=4),
    _sunshine("form", 200, _BATCH, *_KEY, ("Content-Type", b"application/x-www-form-urlencoded"), events=4),
    _sunshine("json with charset", 200, _BATCH, *_KEY, ("Content-Type", b"application/json; charset=utf-8"), events=4),
    _sunshine("unknown type", 200, _file("sunshine/unknown-event-type.json"), events=2),
    _sunshine("unknown content", 200, _file("sunshine/unknown-content-and-enum-values.json")),
    _sunshine("no schema", 200, _file("sunshine/passthrough-messaging.json")),
    _sunshine("nulls", 200, _file("sunshine/nulls-everywhere.json")),
    _sunshine("no events", 200, b'{"events":[]}', events=0),
    _sunshine("events null", 200, b'{"events":null}', events=0),
    _sunshine("event is text", 200, _of_app(hostile()["event-is-string"]), events=2),
    _sunshine("no id", 200, _of_app(hostile()["event-without-id"])),
    _sunshine("number as id", 200, _of_app(hostile()["id-number"])),
    _sunshine("half an emoji", 200, _of_app(hostile()["lone-surrogate"])),
    _sunshine("byte order mark", 200, b"\xef\xbb\xbf" + _BATCH, events=4),
    _sunshine("no secret", 401, _BATCH, ("Accept", b"*/*")),
    _sunshine("empty secret", 401, _BATCH, ("X-API-Key", b"")),
    _sunshine("wrong secret", 401, _BATCH, ("X-API-Key", b"another-secret-of-nobody")),
    _sunshine("beginning of the secret", 401, _BATCH, ("X-API-Key", SECRET[:-1].encode())),
    _sunshine("more than the secret", 401, _BATCH, ("X-API-Key", SECRET.encode() + b"x")),
    _sunshine("secret that is no ASCII", 401, _BATCH, ("X-API-Key", b"caf\xe9")),
    _sunshine("secret twice", 401, _BATCH, *_KEY, *_KEY),
    _sunshine("two secrets", 401, _BATCH, *_KEY, ("X-API-Key", NEXT.encode())),
    _sunshine("secrets in one", 401, _BATCH, ("X-API-Key", f"{SECRET}, {NEXT}".encode())),
    _sunshine("long secret", 401, _BATCH, ("X-API-Key", b"x" * 6000)),
    _sunshine("another header", 401, _BATCH, ("Authorization", b"Bearer " + SECRET.encode())),
    _sunshine("another app", 401, _file("sunshine/conversation-message-vendor-guide.json")),
    _sunshine("nothing without a secret", 401, b"", ("Accept", b"*/*")),
    _sunshine("nothing", 400, b""),
    _sunshine("no JSON", 400, b"hello"),
    _sunshine("half a JSON", 400, _BATCH[:-3]),
    _sunshine("list", 400, b"[]"),
    _sunshine("null", 400, b"null"),
    _sunshine("NaN", 400, hostile()["nan"]),
    _sunshine("two bodies", 400, hostile()["trailing"]),
    _sunshine("events missing", 400, hostile()["events-missing"]),
    _sunshine("deep", 400, b"[" * 100_000 + b"]" * 100_000),
    _sunshine("of v1.1", 400, _file(OF_ANOTHER_VERSION)),
    _sunshine("gzip as it is", 400, gzip.compress(_BATCH, mtime=0)),
    _sunshine("large", 413, b" " * MIB + _BATCH),
    _sunshine("very large", 413, b" " * 3 * MIB + _BATCH),
    _sunshine("many events", 413, b'{"events":[' + b"{}," * 3000 + b"{}]}"),
    _sunshine("GET", 405, b"")._replace(method="GET"),
    _sunshine("PUT", 405)._replace(method="PUT"),
    _smooch("two messages", 200, events=2),
    _smooch("unknown trigger", 200, _file("smooch/unknown-trigger.json")),
    _smooch("two postbacks", 200, _file("smooch/postback-several.json"), events=2),
    _smooch("wrong secret", 401, _V1, ("X-API-Key", NEXT.encode())),
    _smooch("another app", 401, _file("smooch/message-appuser-vendor-guide-v1-1.json")),
    _smooch("of v2", 400, _BATCH),
    _smooch("no trigger", 400, b"{}"),
    _smscx("two texts", 200, events=2),
    _smscx("object", 200, _file("smscx/data-is-an-object.json")),
    _smscx("unknown event", 200, _file("smscx/unknown-event.json")),
    _smscx("no items", 200, b'{"event":"dlr_update","data":[]}', events=0),
    _smscx("wrong token", 401, _SMS, TOKEN[:-1] + "x"),
    _smscx("short token", 401, _SMS, "x"),
    _smscx("no token", 401, _SMS, None),
    _smscx("no JSON", 400, b"event=dlr_update"),
]
