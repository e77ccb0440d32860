"""Deliveries of Sunshine Conversations v2: JSON to events with their keys and lanes. Pure.

Keys: messages by their id, so that two webhooks of one app, and the inbox, give the same one; all else by webhook, event id
and type, since published samples of different types share an id. Whether two webhooks get the same id for one event is
not documented. An event without an id is told by its bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import Model, Unknown, raw_json
from aioconvo.events.bodies import Patience, decode_strictly, open_body, read_head
from aioconvo.events.incoming import Incoming
from aioconvo.events.keys import bytes_key, key_of, lane_of, message_key
from aioconvo.events.unknown import UnknownEvent
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from .natives import AnyEvent, Delivery
from .payloads import MergePayload, MessagePayload, MessageReference

__all__ = ["Opened", "incoming", "open_delivery", "read"]

_OURS = Provider.SUNSHINE
_ANY_EVENT: Any = AnyEvent
_OF_V1 = "the body is one of Smooch v1.1, not of Sunshine Conversations v2: register the webhook by v2, or use SmoochWebhook"


class Opened(NamedTuple):
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
    delivery = decode_strictly(raw, Delivery)
    if delivery is not None:
        natives = delivery.events or ()
        raws = [raw] if len(natives) == 1 else open_body(raw).alone("events") if natives else ()
        return Opened(text_in(delivery.app, "id"), text_in(delivery.webhook, "id"), natives, raws)
    body = open_body(raw)
    items = body.items("events")
    if items is None:
        raise BrokenBodyError(_OF_V1 if "trigger" in body else "the JSON lacks a list of events", cut=False)
    patience = Patience()
    kept: list[Any] = [patience.decode(item, _ANY_EVENT) for item in items]
    app, webhook = (read_head(body.member(name), _Head).id or None for name in ("app", "webhook"))
    return Opened(app, webhook, kept, body.alone("events"))


def incoming(account: str, delivery: Opened) -> tuple[Incoming, ...]:
    """The events of a delivery with their keys and lanes."""
    pairs = zip(delivery.natives, delivery.raws, strict=True)
    return tuple(_incoming(account, delivery.webhook_id, native, raw) for native, raw in pairs)


class _Told(NamedTuple):
    """What an event says of itself."""

    id: str | None
    type: str | None
    lanes: tuple[str, ...]
    occurred_at: dt.datetime | None
    message_id: str | None = None


def _incoming(account: str, webhook: str | None, native: Any, raw: bytes) -> Incoming:
    if isinstance(native, Unknown):
        native, told = _unknown(native.raw)
    else:
        told = _told(native)
    brief = False
    if told.message_id is not None:
        key = message_key(_OURS, account, told.message_id)
    elif told.id is not None:
        key = key_of(_OURS, account, webhook, told.id, told.type)
    else:
        key, brief = bytes_key(_OURS, account, raw_json(native) or raw), True
    return Incoming(
        provider=_OURS,
        account=account,
        key=key,
        lanes=tuple(lane_of(account, one) for one in told.lanes) or (key,),
        native=native,
        raw=raw,
        occurred_at=told.occurred_at,
        brief=brief,
    )


def _told(native: Any) -> _Told:
    payload = native.payload
    event_id = native.id or None
    if isinstance(payload, MessagePayload):
        message = payload.message
        when = utc(getattr(message, "received", None)) or utc(native.created_at)
        return _Told(event_id, native.type, _lanes(payload), when, text_in(message, "id"))
    return _Told(event_id, native.type, _lanes(payload), utc(native.created_at))


def _lanes(payload: Any) -> tuple[str, ...]:
    """The conversation, else the user; of a merge both users."""
    if isinstance(payload, MergePayload):
        merged = payload.merged_users
        users = (getattr(merged, "surviving", None), getattr(merged, "discarded", None))
        return tuple(dict.fromkeys(one for user in users if (one := text_in(user, "id"))))
    lane = text_in(getattr(payload, "conversation", None), "id") or text_in(getattr(payload, "user", None), "id")
    return () if lane is None else (lane,)


def _unknown(raw: bytes) -> tuple[UnknownEvent, _Told]:
    head = read_head(raw, _Head)
    native = UnknownEvent(raw, head.type or None)
    return native, _Told(head.id or None, native.type, _lanes(head.payload), utc(head.created_at))
