"""One value of each public kind that is pickled, always the same: what the kept pickles were made of.

Run as a program it prints the pickles of the code that it runs with, to be kept as one more file beside this one.
"""

from __future__ import annotations

import base64
import json
import pickle
import typing
from collections.abc import Iterator
from typing import Any

import msgspec
from multidict import CIMultiDict, CIMultiDictProxy

import aioconvo
from aioconvo import convore, inbox, smooch, smscx, sunshine, ultracart

ROOMS = (convore, inbox, smooch, smscx, sunshine, ultracart)
FACTS = aioconvo.CallFacts(provider="convore", operation="convore.drafts.get", method="GET", path="/v1/drafts/{draft_id}")
PAGE_BODY = b'{"data":[{"id":"c1","subject":"hello","colour":"red"}],"next_cursor":"n"}'


def values() -> Iterator[tuple[str, Any]]:
    """Each value with the name users know its kind by."""
    yield from _structs()
    yield from _enums()
    yield from _errors()
    yield from _settings()
    yield from _answers()


def pickles() -> dict[str, str]:
    """The pickle of each value, in base64."""
    return {name: base64.b64encode(pickle.dumps(value)).decode() for name, value in values()}


def _structs() -> Iterator[tuple[str, Any]]:
    for room in ROOMS:
        for name in room.__all__:
            kind = getattr(room, name)
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                yield f"{room.__name__}.{name}", _made(kind)


def _enums() -> Iterator[tuple[str, Any]]:
    for room in ROOMS:
        for name in room.__all__:
            kind = getattr(room, name)
            if isinstance(kind, type) and issubclass(kind, str):
                yield f"{room.__name__}.{name}", next(iter(typing.cast("Any", kind)))
                if issubclass(kind, aioconvo.OpenEnum):
                    yield f"{room.__name__}.{name}, unknown", kind("not one of these")
    yield "aioconvo.Effect", aioconvo.Effect.PAID
    yield "aioconvo.PageKind", aioconvo.PageKind.CURSOR
    yield "aioconvo.DriftKind", aioconvo.DriftKind.MISSING


def _made(kind: type[msgspec.Struct]) -> msgspec.Struct:
    """A struct whose required fields hold a text: nothing is checked where it is made."""
    required = {one.name: "a text" for one in msgspec.structs.fields(kind) if one.required}
    return kind(**required)


def _errors() -> Iterator[tuple[str, Any]]:
    for name in aioconvo.__all__:
        kind = getattr(aioconvo, name)
        if isinstance(kind, type) and issubclass(kind, aioconvo.AioconvoError):
            yield f"aioconvo.{name}", _error(kind)
    for kind in (aioconvo.APITimeoutError, aioconvo.ConflictError):
        from aioconvo.core.errors import maybe_sent_type  # noqa: PLC0415 -- moves, and with it this line

        yield f"MaybeSent{kind.__name__}", _error(maybe_sent_type(kind))


def _error(kind: Any) -> Any:
    if issubclass(kind, aioconvo.APIStatusError):
        return kind("it failed", FACTS, 418, code="teapot", retry_after=2.5)
    if issubclass(kind, aioconvo.ResponseDecodeError):
        return kind("it failed", FACTS, 201)
    if kind is aioconvo.WebhookRefusedError:
        return kind(401, "it failed")
    return kind("it failed", FACTS) if issubclass(kind, aioconvo.CallError) else kind("it failed")


def _settings() -> Iterator[tuple[str, Any]]:
    limits = aioconvo.Limits(rates=[aioconvo.RateLimit(5, 1.0)], concurrency=3)
    left = aioconvo.RateLeft(limits.rates[0], 4, 0.5)
    yield "aioconvo.Limits", limits
    yield "aioconvo.RateLeft", left
    yield "aioconvo.Quota", aioconvo.Quota(rates=(left,), under_way=1, concurrency=3, held_back=0.0)
    yield "aioconvo.RetryPolicy", aioconvo.RetryPolicy(max_retries=7)
    yield "aioconvo.CallFacts", FACTS
    for name in ("DriftFacts", "EndFacts", "PageFacts", "RequestFacts", "ResponseFacts", "RetryFacts", "StartFacts"):
        yield f"aioconvo.{name}", _made(getattr(aioconvo, name))
    yield "aioconvo.Stats", _made(aioconvo.Stats)


def _answers() -> Iterator[tuple[str, Any]]:
    for room in (convore, smooch, smscx, sunshine, ultracart):
        for operation in room.OPERATIONS:
            yield operation.python, operation
    operation = next(one for one in convore.OPERATIONS if one.python == "convore.conversations.list")
    conversation = aioconvo.decode(b'{"id":"c1","subject":"hello","colour":"red"}', convore.Conversation)
    yield "a struct with its JSON", conversation
    yield "a struct that drifted", aioconvo.decode(b'{"id":7,"created_at":"soon"}', convore.Conversation)
    headers = CIMultiDictProxy(CIMultiDict([("Content-Type", "application/json"), ("X-Request-Id", "r1")]))
    response: aioconvo.Response[Any] = aioconvo.Response(conversation, 200, headers, PAGE_BODY, 2, 0.25, "r1", operation)
    yield "aioconvo.Response", response
    yield "aioconvo.Page", aioconvo.Page.of([conversation], has_more=True, position="[2]", response=response)


if __name__ == "__main__":
    print(json.dumps(pickles(), indent=0))  # noqa: T201 -- what it is for
