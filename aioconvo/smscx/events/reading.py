"""Deliveries of SMS.CX: JSON to events with their keys and lanes. Pure.

A request holds up to 200 items of one event; each is an event here. Lanes and keys hold no phone number, only digests of them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import Model, Unknown, raw_json
from aioconvo.events.bodies import Patience, in_charset, open_body, read_head
from aioconvo.events.incoming import Incoming
from aioconvo.events.keys import digest, key_of, lane_of, message_key, told_by
from aioconvo.events.unknown import UnknownEvent
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from . import natives

__all__ = ["contact_lane", "read"]

_OURS = Provider.SMSCX
_KINDS: dict[str | None, Any] = {
    kind.event: kind
    for kind in (
        natives.DeliveryReportEvent,
        natives.ReceivedSmsEvent,
        natives.ReceivedViberEvent,
        natives.ReceivedWhatsappEvent,
        natives.ShortlinkHitEvent,
        natives.ShortlinkHitUpdateEvent,
        natives.AttachmentHitEvent,
        natives.AttachmentHitUpdateEvent,
        natives.OptoutEvent,
        natives.OtpEvent,
    )
}


class _Ids(Model, rename="camel"):
    lookup_id: Any = None
    otp_id: Any = None


def read(account: str, raw: bytes) -> tuple[Incoming, ...]:
    """The events of a delivery, in its order.

    Raises:
        BrokenBodyError: It is no delivery of SMS.CX.
    """
    raw = in_charset(raw)
    body = open_body(raw)
    if "event" not in body and "data" not in body:
        raise BrokenBodyError("the JSON has neither event nor data", cut=False)
    name, items = body.text("event"), body.items("data")
    if items is None:  # of another form than all that is known
        return (_incoming(account, UnknownEvent(raw, name), raw),)
    patience = Patience()
    alone = zip(items, body.alone("data"), strict=True)
    return tuple(_incoming(account, _decode(name, item, patience), one) for item, one in alone)


def _decode(name: str | None, item: bytes, patience: Patience) -> Any:
    kind = _KINDS.get(name)
    # The event of a lookup has no sure name.
    if kind is None or kind is natives.OtpEvent:
        ids = read_head(item, _Ids)
        if ids.lookup_id is not None and ids.otp_id is None:
            kind = natives.NumberLookupEvent
    native = UnknownEvent(item, name) if kind is None else patience.decode(item, kind)
    return UnknownEvent(item, name) if isinstance(native, Unknown) else native


def contact_lane(account: str, phone: str, channel: str | None = None) -> str:
    """The lane of what somebody writes by a channel, by their phone number."""
    return lane_of(account, channel or "all", digest(phone))


def _incoming(account: str, native: Any, raw: bytes) -> Incoming:
    key, brief = _key(account, native, raw)
    return Incoming(
        provider=_OURS,
        account=account,
        key=key,
        lanes=(_lane(account, native) or key,),
        native=native,
        raw=raw,
        occurred_at=_occurred_at(native),
        brief=brief,
    )


def _key(account: str, native: Any, raw: bytes) -> tuple[str, bool]:
    """The event's key, and whether another event may have the same."""
    first, *more = (getattr(native, name) or None for name in getattr(native, "told_by", ("raw",)))
    if isinstance(native, UnknownEvent):
        return key_of(_OURS, account, native.type, told_by(native.raw)), True
    if first is None:
        return key_of(_OURS, account, native.event, told_by(raw_json(native) or raw)), True
    if isinstance(native, natives.ReceivedEvent):
        return message_key(_OURS, account, str(first)), False
    return key_of(_OURS, account, native.event, first, *more), False


def _lane(account: str, native: Any) -> str | None:
    """The other side's; of a report the message's own, since it does not tell whom that went to."""
    if isinstance(native, natives.ReceivedEvent):
        phone = text_in(native, "from_")
        return phone and contact_lane(account, phone, native.channel)
    if isinstance(native, natives.DeliveryReportEvent):
        message_id = text_in(native, "msg_id")
        return message_id and lane_of(account, message_id)
    phone = text_in(native, "phone_number")
    return phone and contact_lane(account, phone)


def _occurred_at(native: Any) -> dt.datetime | None:
    when = getattr(native, "received_at", None) or getattr(native, "datetime", None)
    return when if isinstance(when, dt.datetime) else None
