"""Deliveries of Smooch v1.1: JSON to events with their keys and lanes. Pure.

The API names no events. Messages are told by their id; deliveries by trigger, message, channel and whether they are the last
of it; all else by what it says. Where that holds no time, a second press of the same button is the same bytes: such keys are
brief.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import Model, Unknown
from aioconvo.core.json.written_times import read_time
from aioconvo.events.bodies import Patience, decode_strictly, in_charset, open_body, read_head
from aioconvo.events.incoming import Incoming
from aioconvo.events.keys import key_of, lane_of, message_key, told_by
from aioconvo.events.unknown import UnknownEvent
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from .natives import ANY_EVENT, AppReference, DeliveryEvent, MergeEvent, MessageEvent

__all__ = ["Told", "app_of", "incoming", "open_delivery", "read", "users_of"]

_OURS = Provider.SMOOCH
_ANY_EVENT: Any = ANY_EVENT
_LISTS = {
    "message:appUser": "messages",
    "message:appMaker": "messages",
    "delivery:success": "messages",
    "delivery:failure": "messages",
    "postback": "postbacks",
    "payment:success": "payments",
}
"""The members in which several may come at once."""

_SEVERAL = 2
_ENVELOPE = frozenset({"app", "appUser", "client", "conversation", "timestamp", "trigger", "version"})
_OF_V2 = "the body is one of Sunshine Conversations v2: register the webhook by Smooch v1.1, or use SunshineWebhook"


class Told(NamedTuple):
    """An event, and JSON that brings it alone."""

    native: Any
    raw: bytes


class _Head(Model, rename="camel"):
    """What an event of no known trigger may tell."""

    trigger: str | None = None
    app: AppReference | None = None
    app_user: AppReference | None = None
    conversation: AppReference | None = None
    timestamp: float | None = None


def read(account: str, raw: bytes) -> tuple[Incoming, ...]:
    """The events of a delivery, in its order.

    Raises:
        BrokenBodyError: It is no delivery of Smooch v1.1.
    """
    return tuple(incoming(account, native, one) for native, one in open_delivery(raw))


def open_delivery(raw: bytes) -> list[Told]:
    """The events of a delivery, one at least; what of it is not as documented is kept (`Unknown`, `raw_json`).

    Raises:
        BrokenBodyError: It is no delivery of Smooch v1.1.
    """
    raw = in_charset(raw)
    native = decode_strictly(raw, _ANY_EVENT)
    if native is not None:
        name = _LISTS.get(native.type)
        if name is None or len(getattr(native, name) or ()) < _SEVERAL:
            return [Told(native, raw)]
    body = open_body(raw)
    trigger = body.text("trigger")
    if trigger is None and "events" in body:
        raise BrokenBodyError(_OF_V2, cut=False)
    if trigger is None and "appUser" not in body and "messages" not in body:
        raise BrokenBodyError("the JSON lacks a trigger", cut=False)
    patience = Patience()
    alone = body.alone(_LISTS.get(trigger or "", "")) or [raw]
    return [Told(_event(patience.decode(one, _ANY_EVENT)), one) for one in alone]


def _event(native: Any) -> Any:
    return UnknownEvent(native.raw, _head(native).trigger or None) if isinstance(native, Unknown) else native


def _head(native: Unknown) -> _Head:
    return read_head(native.raw, _Head)


def app_of(native: Any) -> str | None:
    """The app that an event is about."""
    return text_in(_head(native).app if isinstance(native, Unknown) else native.app, "id")


def incoming(account: str, native: Any, raw: bytes) -> Incoming:
    """An event with its key and lanes."""
    key, brief = _key(account, native, raw)
    users = users_of(native)
    return Incoming(
        provider=_OURS,
        account=account,
        key=key,
        lanes=tuple(lane_of(account, one) for one in users) or (key,),
        native=native,
        raw=raw,
        occurred_at=_occurred_at(native),
        brief=brief,
    )


def users_of(native: Any) -> tuple[str, ...]:
    """The users an event is about: one, of a merge all."""
    if isinstance(native, MergeEvent):
        found = [text_in(one, "id") for one in (native.surviving, *(native.discarded or ()))]
    else:
        head = _head(native) if isinstance(native, Unknown) else native
        found = [text_in(head.app_user, "id") or text_in(head.conversation, "id")]
    return tuple(dict.fromkeys(filter(None, found)))


def _key(account: str, native: Any, raw: bytes) -> tuple[str, bool]:
    """The event's key, and whether another event may have the same."""
    if isinstance(native, MessageEvent) and (message_id := text_in(native.message, "id")):
        return message_key(_OURS, account, message_id), False
    if isinstance(native, DeliveryEvent) and native.message_id:
        channel = text_in(native.destination, "type")
        return key_of(_OURS, account, native.type, native.message_id, channel, native.is_final_event), False
    body = open_body(raw)
    told = [(name, told_by(body.member(name))) for name in sorted(body.names()) if name not in _ENVELOPE]
    moment = body.member("timestamp")
    return key_of(_OURS, account, native.type, users_of(native), told_by(moment), told), moment == b"null"


def _occurred_at(native: Any) -> dt.datetime | None:
    message = native.message if isinstance(native, MessageEvent) else None
    received: dt.datetime | None = getattr(message, "received_at", None)
    head = _head(native) if isinstance(native, Unknown) else native
    return utc(read_time(head.timestamp)) if received is None else received
