"""Deliveries of Sunshine Conversations v2: JSON to events with their keys and lanes. Pure.

Keys: messages by their id, so that two webhooks of one app, and the inbox, give the same one; all else by webhook, event id
and type, since published samples of different types share an id. Whether two webhooks get the same id for one event is
not documented. An event without an id is told by its bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from aioconvo.core.json.codec import UNREADABLE, strict
from aioconvo.core.json.faults import BrokenBodyError, UnfitError
from aioconvo.core.json.mend import is_utf8
from aioconvo.core.json.model import Model, Unknown, raw_json
from aioconvo.events.bodies import Patience, SoleItem, in_charset, open_body, read_head, remember
from aioconvo.events.incoming import Incoming, Later
from aioconvo.events.keys import bytes_key, key_of, lane_of, message_key, message_keys
from aioconvo.events.unknown import UnknownEvent
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from .natives import AnyEvent, Delivery
from .payloads import MergePayload, MessagePayload, MessageReference

__all__ = ["Opened", "incoming", "message_alone", "open_delivery", "read"]

_OURS = Provider.SUNSHINE
_ANY_EVENT: Any = AnyEvent
_OF_V1 = "the body is one of Smooch v1.1, not of Sunshine Conversations v2: register the webhook by v2, or use SmoochWebhook"


class Opened(msgspec.Struct, frozen=True):
    """A delivery: its events, and for each the JSON of a delivery that brings it alone."""

    app_id: str | None
    webhook_id: str | None
    natives: Sequence[Any]
    raws: Sequence[bytes]


class _HeadPayload(Model):
    conversation: MessageReference | None = None
    user: MessageReference | None = None


class _Head(Model, rename="camel"):
    """What an event of no known type may tell."""

    id: str | None = None
    type: str | None = None
    created_at: dt.datetime | None = None
    payload: _HeadPayload | None = None


class _Named(msgspec.Struct, frozen=True, gc=False):
    id: str


class _SoleMessage(msgspec.Struct, frozen=True, gc=False):
    id: str
    received: dt.datetime


class _SolePayload(msgspec.Struct, frozen=True, gc=False):
    conversation: _Named
    message: _SoleMessage


class _SoleEvent(msgspec.Struct, frozen=True, gc=False):
    type: Literal["conversation:message"]
    payload: _SolePayload


class _Sole(msgspec.Struct, frozen=True, gc=False):
    """What a message is known by that comes alone, as most do."""

    events: tuple[_SoleEvent]
    app: _Named | None = None


_decode_sole = msgspec.json.Decoder(_Sole).decode
_key_of_message = message_keys(_OURS)


def message_alone(account: str, raw: bytes) -> tuple[str | None, Incoming] | None:
    """The app of a delivery and its event, where that is one message; `None` of a delivery that is to be read whole.

    Only what the message is known by is read now, the rest when somebody asks for `native`.
    """
    try:
        sole = _decode_sole(raw)
    except UNREADABLE:
        return None
    (event,) = sole.events
    conversation, message = event.payload.conversation.id, event.payload.message
    message_id, when = message.id, message.received
    if not (conversation and message_id and (raw.isascii() or is_utf8(raw))):
        return None
    incoming = Incoming(
        provider=_OURS,
        account=account,
        key=_key_of_message(account, message_id),
        lanes=(f"{account}:{conversation}",),
        native=_LATER,
        raw=raw,
        occurred_at=when if when.tzinfo is dt.UTC else utc(when),
    )
    return None if sole.app is None else sole.app.id, incoming


def _make_sole(raw: bytes) -> Any:
    try:
        (native,) = open_delivery(raw).natives
    except (BrokenBodyError, RecursionError):  # nested more deeply than can be read from where we are now
        return UnknownEvent(raw)
    return UnknownEvent(native.raw, native.type) if isinstance(native, Unknown) else native


_LATER = Later(_make_sole)


def read(account: str, raw: bytes) -> tuple[Incoming, ...]:
    """The events of a delivery, in its order.

    Raises:
        BrokenBodyError: It is no delivery of Sunshine Conversations v2.
    """
    return incoming(account, open_delivery(raw))


def open_delivery(raw: bytes) -> Opened:
    """A delivery; what of it is not as documented is kept (`Unknown`, `raw_json`).

    Raises:
        BrokenBodyError: It is no delivery of Sunshine Conversations v2.
    """
    raw = in_charset(raw)
    try:
        delivery = strict(raw, Delivery)
    except UnfitError:
        return _open_slowly(raw)
    app, webhook, natives = delivery.app, delivery.webhook, delivery.events or []
    app_id, webhook_id = None if app is None else app.id, None if webhook is None else webhook.id
    if len(natives) == 1:
        remember(natives[0], (SoleItem(raw, "events"), 0))
        return Opened(app_id, webhook_id, natives, (raw,))
    body = open_body(raw)
    for native, item in zip(natives, body.items("events") or (), strict=True):
        remember(native, item)
    return Opened(app_id, webhook_id, natives, body.alone("events"))


def _open_slowly(raw: bytes) -> Opened:
    body = open_body(raw)
    items = body.items("events")
    if items is None:
        raise BrokenBodyError(_OF_V1 if "trigger" in body else "the JSON lacks a list of events", cut=False)
    patience = Patience()
    natives: list[Any] = [patience.decode(item, _ANY_EVENT) for item in items]
    app_id, webhook_id = (read_head(body.member(name), _Head).id or None for name in ("app", "webhook"))
    return Opened(app_id, webhook_id, natives, body.alone("events"))


def incoming(account: str, delivery: Opened) -> tuple[Incoming, ...]:
    """The events of a delivery with their keys and lanes."""
    if len(delivery.natives) == 1:  # as most do
        return (_incoming(account, delivery.webhook_id, delivery.natives[0], delivery.raws[0]),)
    pairs = zip(delivery.natives, delivery.raws, strict=True)
    return tuple(_incoming(account, delivery.webhook_id, native, raw) for native, raw in pairs)


def _incoming(account: str, webhook: str | None, native: Any, raw: bytes) -> Incoming:
    head = native
    if isinstance(native, Unknown):
        head = read_head(native.raw, _Head)
        native = UnknownEvent(native.raw, head.type or None)
    payload, when, brief = head.payload, None, False
    message = payload.message if isinstance(payload, MessagePayload) else None
    if message and message.id:  # either may be missing
        key, when = message_key(_OURS, account, message.id), utc(message.received)
    elif head.id:
        key = key_of(_OURS, account, webhook, head.id, head.type or None)
    else:
        key, brief = bytes_key(_OURS, account, raw_json(native) or raw), True
    return Incoming(
        provider=_OURS,
        account=account,
        key=key,
        lanes=_lanes(account, payload) or (key,),
        native=native,
        raw=raw,
        occurred_at=when or utc(head.created_at),
        brief=brief,
    )


def _lanes(account: str, payload: Any) -> tuple[str, ...]:
    """The conversation's, else the user's; of a merge those of both users."""
    lane = text_in(getattr(payload, "conversation", None), "id") or text_in(getattr(payload, "user", None), "id")
    if lane is not None:
        return (lane_of(account, lane),)
    if not isinstance(payload, MergePayload):
        return ()
    merged = payload.merged_users
    users = (getattr(merged, "surviving", None), getattr(merged, "discarded", None))
    return tuple(dict.fromkeys(lane_of(account, one) for user in users if (one := text_in(user, "id"))))
