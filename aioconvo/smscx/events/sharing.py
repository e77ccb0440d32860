"""Events of SMS.CX as the events that all providers share. Pure.

They name no conversation: a reply finds that by the phone number, `event.message.author.address`.
"""

from __future__ import annotations

from typing import Any

from aioconvo.events.incoming import Incoming, shared
from aioconvo.events.models import (
    DeliveryStage,
    Event,
    MessageDelivered,
    MessageFailed,
    MessageReceived,
    OtherEvent,
    UserChanged,
)
from aioconvo.inbox.told import text_in
from aioconvo.smscx.models.reports import ReportStatus
from aioconvo.smscx.neutral import received

from .natives import DeliveryReportEvent, OptoutEvent, ReceivedEvent

__all__ = ["neutral"]

_STAGES = {ReportStatus.SENT: DeliveryStage.CHANNEL, ReportStatus.DELIVERED: DeliveryStage.USER}
_FAILURES = frozenset({ReportStatus.FAILED, ReportStatus.NO_COVERAGE, ReportStatus.REJECTED})


def neutral(incoming: Incoming) -> Event:
    """The event as a neutral one; `OtherEvent` where none fits."""
    native = incoming.native
    common = shared(incoming)
    match native:
        case ReceivedEvent():
            return MessageReceived(message=received(native), **common)
        case DeliveryReportEvent():
            return _report(native, common)
        case OptoutEvent():
            return UserChanged(**common)
        case _:
            return OtherEvent(**common)


def _report(native: Any, common: dict[str, Any]) -> Event:
    message_id, status = text_in(native, "msg_id"), native.status
    if status in _FAILURES:
        code = None if native.error_code is None else str(native.error_code)
        return MessageFailed(message_id=message_id, code=code, reason=str(status), **common)
    stage = _STAGES.get(status)
    return OtherEvent(**common) if stage is None else MessageDelivered(message_id=message_id, stage=stage, **common)
