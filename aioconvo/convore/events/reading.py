"""Events of Convore: JSON to events with their keys and lanes. Pure.

The API's events hold ids alone. What a bot keeps of one is `{"event": ..., "message": ...}`: the event as it came, and the
message it is about, as it was fetched then. `read` takes that, one event as it is, and a page of a list (`{"data": [...]}`).

Keys: messages by their id, whatever road they came by; all else by the event's id. An empty id is none.
"""

from __future__ import annotations

import json
from typing import Any, cast

import msgspec

from aioconvo.convore.models.events import EventType
from aioconvo.convore.models.messages import Message
from aioconvo.core.json.codec import reader
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.mend import drive, in_utf8
from aioconvo.core.json.model import plain, raw_json
from aioconvo.core.json.source import decode
from aioconvo.events.incoming import Incoming
from aioconvo.events.keys import bytes_key, key_of, lane_of, message_key
from aioconvo.events.unknown import UnknownEvent, members_in
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from .natives import PolledEvent, conversation_of, message_of

__all__ = ["MESSAGES", "enclose", "event_in", "read"]

_OURS = Provider.CONVORE
_EVENT = "event"
_NULL = b"null"
MESSAGES = frozenset({EventType.MESSAGE_INBOUND_RECEIVED, EventType.MESSAGE_OUTBOUND_SENT})
"""The types of events that a message came or went."""


class _Told(msgspec.Struct):
    """What a bot keeps, or a page of a list; an event has neither member."""

    event: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    message: msgspec.Raw = msgspec.Raw(_NULL)
    data: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET


_told = reader(_Told)


def enclose(event: bytes, message: bytes | None) -> bytes:
    """What a bot keeps of an event: its JSON, and that of its message."""
    return b'{"event":%b,"message":%b}' % (event, message or _NULL)


def read(account: str, raw: bytes) -> tuple[Incoming, ...]:
    """The events in this JSON; what is no event that this version knows is an `UnknownEvent`.

    Raises:
        BrokenBodyError: It is no JSON, or no object.
    """
    text = drive(in_utf8(raw, None))
    told = _told(text) or _told_in_halves(text)
    if told.data is not msgspec.UNSET:
        return tuple(_incoming(account, bytes(one), _NULL) for one in told.data)
    if told.event is not msgspec.UNSET:
        return (_incoming(account, bytes(told.event), bytes(told.message)),)
    decode(text, PolledEvent)
    return (_incoming(account, text, _NULL),)


def _told_in_halves(text: bytes) -> _Told:
    """What `_told` cannot read: halves of emojis somewhere in it, or members of other kinds."""
    decode(text, PolledEvent)
    whole = members_in(plain(text))
    data = whole.get("data")
    if isinstance(data, list):
        return _Told(data=[_raw(one) for one in cast("list[object]", data)])
    return _Told(event=_raw(whole.get("event", whole)), message=_raw(whole.get("message") if "event" in whole else None))


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value, separators=(",", ":")).encode())


def _incoming(account: str, event: bytes, message: bytes) -> Incoming:
    native: Any = event_in(event)
    event = raw_json(native) or event
    kind = getattr(native, "type", None)
    message_id, event_id = message_of(native), text_in(native, "id")
    brief = False
    if message_id is not None and kind in MESSAGES:
        # Both ways are of one kind here: a message has one direction.
        key = message_key(_OURS, account, message_id)
    elif event_id is not None:
        key = key_of(_OURS, account, _EVENT, event_id)
    else:
        key, brief = bytes_key(_OURS, account, event), True
    lane = conversation_of(native) or message_id or text_in(native, "object_id")
    occurred_at = utc(getattr(native, "created_at", None))
    if isinstance(native, PolledEvent):
        if not isinstance(kind, EventType) or not kind.known:
            native = UnknownEvent(event, text_in(native, "type"))
        elif message != _NULL:
            msgspec.structs.force_setattr(native, "message", _message(message))
    return Incoming(
        provider=_OURS,
        account=account,
        key=key,
        lanes=(key,) if lane is None else (lane_of(account, lane),),
        native=native,
        raw=enclose(event, message),
        occurred_at=occurred_at,
        brief=brief,
    )


def event_in(raw: bytes) -> PolledEvent | UnknownEvent:
    """The event in this JSON, of whatever type; what is no object is an `UnknownEvent`."""
    try:
        return decode(raw, PolledEvent)
    except BrokenBodyError:  # no object
        return UnknownEvent(raw)


def _message(raw: bytes) -> Message | None:
    try:
        return cast("Message | None", decode(raw, Message))
    except BrokenBodyError:
        return None
