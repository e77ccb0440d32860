"""Deliveries of Smooch v1.1: JSON to events with their keys and lanes. Pure.

The API names no events. Messages are told by their id; deliveries by trigger, message, channel and whether they are the last
of it; all else by what it says. Where that holds no time, a second press of the same button is the same bytes: such keys are
brief.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple, cast

import msgspec

from aioconvo.core.json.codec import compact
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import Unknown, plain
from aioconvo.core.json.written_times import read_time
from aioconvo.events.bodies import decode_body, split
from aioconvo.events.incoming import Incoming
from aioconvo.events.keys import bytes_key, key_of, lane_of, message_key
from aioconvo.events.unknown import UnknownEvent, members_in
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from .natives import (
    ANY_EVENT,
    DeliveryEvent,
    MergeEvent,
    MessageEvent,
    NativeEvent,
    OldDeliveryEvent,
    PaymentEvent,
    PostbackEvent,
)

__all__ = ["app_of", "decode_events", "incoming", "read", "users_of"]

_OURS = Provider.SMOOCH
_ENVELOPE = frozenset({"app", "appUser", "client", "conversation", "timestamp", "trigger", "version"})
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class _Told(NamedTuple):
    """An event, and JSON that brings it alone."""

    native: Any
    raw: bytes


def read(account: str, raw: bytes) -> tuple[Incoming, ...]:
    """The events of a delivery, in its order.

    Raises:
        BrokenBodyError: It is no delivery of Smooch v1.1.
    """
    return tuple(incoming(account, native, one) for native, one in decode_events(raw))


def decode_events(raw: bytes) -> list[_Told]:
    """The events of a delivery; what of it is not as documented is kept (`Unknown`, `raw_json`).

    Raises:
        BrokenBodyError: It is no delivery of Smooch v1.1.
    """
    native = _decode(raw)
    name = _list_of(native)
    items = getattr(native, name, None) if name else None
    if not items or len(items) == 1:
        return [_Told(native, raw)]
    return [_Told(_decode(one), one) for one in split(raw, name)]


def _list_of(native: object) -> str:
    """The member in which several may come at once."""
    match native:
        case MessageEvent() | OldDeliveryEvent():
            return "messages"
        case PostbackEvent():
            return "postbacks"
        case PaymentEvent():
            return "payments"
        case _:
            return ""


def _decode(raw: bytes) -> NativeEvent | UnknownEvent:
    native = decode_body(raw, cast("Any", ANY_EVENT))
    if not isinstance(native, Unknown):
        return cast("NativeEvent", native)
    members = members_in(plain(native.raw))
    trigger = members.get("trigger")
    if trigger is None and "events" in members:
        said = "the body is one of Sunshine Conversations v2: register the webhook by Smooch v1.1, or use SunshineWebhook"
        raise BrokenBodyError(said, cut=False)
    if trigger is None and not members.keys() & {"appUser", "messages"}:
        raise BrokenBodyError("the JSON lacks a trigger", cut=False)
    return UnknownEvent(native.raw, trigger if isinstance(trigger, str) else None)


def app_of(native: NativeEvent | UnknownEvent) -> str | None:
    """The app that an event is about."""
    if isinstance(native, UnknownEvent):
        return _id_in(members_in(native.json()).get("app"))
    return text_in(native.app, "id")


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
    if isinstance(native, UnknownEvent):
        members = members_in(native.json())
        found = [_id_in(members.get("appUser")) or _id_in(members.get("conversation"))]
    elif isinstance(native, MergeEvent):
        found = [text_in(one, "id") for one in (native.surviving, *(native.discarded or ()))]
    else:
        found = [text_in(native.app_user, "id") or text_in(native.conversation, "id")]
    return tuple(dict.fromkeys(filter(None, found)))


def _key(account: str, native: Any, raw: bytes) -> tuple[str, bool]:
    """The event's key, and whether another event may have the same."""
    if isinstance(native, MessageEvent) and (message_id := text_in(native.message, "id")):
        return message_key(_OURS, account, message_id), False
    if isinstance(native, DeliveryEvent) and native.message_id:
        channel = text_in(native.destination, "type")
        return key_of(_OURS, account, native.type, native.message_id, channel, native.is_final_event), False
    try:
        members = _decode_members(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # halves of emojis
        return bytes_key(_OURS, account, raw), True
    when = members.get("timestamp")
    told = [(name, _text(part)) for name, part in sorted(members.items()) if name not in _ENVELOPE]
    moment = None if when is None else _text(when)
    return key_of(_OURS, account, native.type, users_of(native), moment, told), moment in {None, "null"}


def _text(part: msgspec.Raw) -> str:
    return compact(bytes(part)).decode("utf-8", "replace")


def _occurred_at(native: Any) -> dt.datetime | None:
    if isinstance(native, UnknownEvent):
        return _moment(members_in(native.json()).get("timestamp"))
    message = native.message if isinstance(native, MessageEvent) else None
    received: dt.datetime | None = getattr(message, "received_at", None)
    return _moment(native.timestamp) if received is None else received


def _moment(seconds: object) -> dt.datetime | None:
    return utc(read_time(seconds))


def _id_in(value: object) -> str | None:
    found = members_in(value).get("_id")
    return found if isinstance(found, str) and found else None
