"""Deliveries of Sunshine Conversations v2: JSON to events with their keys and lanes. Pure.

Keys: messages by their id, so that two webhooks of one app, and the inbox, give the same one; all else by webhook, event id
and type, since published samples of different types share an id. Whether two webhooks get the same id for one event is
not documented. An event without an id is told by its bytes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple, cast

from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import Unknown, plain, raw_json
from aioconvo.core.json.written_times import read_time
from aioconvo.events.bodies import decode_body, split
from aioconvo.events.incoming import Incoming
from aioconvo.events.keys import bytes_key, key_of, lane_of, message_key
from aioconvo.events.unknown import UnknownEvent, members_in
from aioconvo.inbox.times import utc
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from .natives import Delivery
from .payloads import MergePayload, MessagePayload

__all__ = ["decode_delivery", "incoming", "read"]

_OURS = Provider.SUNSHINE


def read(account: str, raw: bytes) -> tuple[Incoming, ...]:
    """The events of a delivery, in its order.

    Raises:
        BrokenBodyError: It is no delivery of Sunshine Conversations v2.
    """
    return incoming(account, raw, decode_delivery(raw))


def decode_delivery(raw: bytes) -> Delivery:
    """A delivery; what of it is not as documented is kept (`Unknown`, `raw_json`).

    Raises:
        BrokenBodyError: It is no delivery of Sunshine Conversations v2.
    """
    try:
        return decode_body(raw, Delivery)
    except BrokenBodyError as broken:
        raise (_of_v1(raw) or broken) from None


def _of_v1(raw: bytes) -> BrokenBodyError | None:
    """What to say where the body is one of the API's other version, a common mistake in the settings of webhooks."""
    try:
        members = plain(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(members, dict) or "trigger" not in members:
        return None
    said = "the body is one of Smooch v1.1, not of Sunshine Conversations v2: register the webhook by v2, or use SmoochWebhook"
    return BrokenBodyError(said, cut=False)


def incoming(account: str, raw: bytes, delivery: Delivery) -> tuple[Incoming, ...]:
    """The events of a delivery with their keys and lanes; each with JSON of a delivery of itself alone."""
    natives = cast("list[Any]", delivery.events or ())
    if not natives:
        return ()
    webhook = text_in(delivery.webhook, "id")
    alone = (raw,) if len(natives) == 1 else split(raw, "events")
    return tuple(_incoming(account, webhook, native, one) for native, one in zip(natives, alone, strict=True))


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
    members = members_in(plain(raw))
    payload = members_in(members.get("payload"))
    kind, event_id = members.get("type"), members.get("id")
    about = (members_in(payload.get(noun)).get("id") for noun in ("conversation", "user"))
    lane = next((one for one in about if isinstance(one, str) and one), None)
    native = UnknownEvent(raw, kind if isinstance(kind, str) else None)
    return native, _Told(
        event_id if isinstance(event_id, str) and event_id else None,
        native.type,
        () if lane is None else (lane,),
        utc(read_time(members.get("createdAt"))),
    )
