"""What changes in the emulated SMS.CX account, as its callbacks tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aioconvo.sandbox.changes import Change, Kind, Watched
from aioconvo.sandbox.data import milliseconds
from aioconvo.sandbox.exchange import Settings

from . import events
from .data import Conversation, Message, SentSms

__all__ = ["Telling"]


class Telling(Watched):
    """Tells what changes in the account. `failing`: so many of the next replies do not arrive."""

    samples = tuple(events.EVENTS)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.failing = 0
        self._settings = settings

    def stored(self, talk: Conversation, message: Message) -> None:
        """A message was written; a reply arrives then, or fails."""
        more: dict[str, Any] = {"kind": Kind.MESSAGE, "message_id": message.id, "text": message.text}
        if message.received:
            payload = events.inbound(talk, message.id, message.text, message.at)
            self._tell(talk.id, f"receive_{message.channel}", payload, message.at, **more)
            return
        self._tell(talk.id, "", {}, message.at, ours=True, **more)  # nothing is called back for what the business wrote itself
        reports = ["SENT", "FAILED" if self.failing else "DELIVERED"]
        self.failing -= bool(self.failing)
        for status in reports:
            kind = Kind.FAILED if status == "FAILED" else Kind.DELIVERED
            payload = events.report(self._settings.seed, message.id, status, message.at)
            self._tell(talk.id, "dlr_update", payload, message.at, kind=kind, ours=True, message_id=message.id)

    def handed_over(self, one: SentSms) -> None:
        """A message of its own was taken, or its time has come: it is on its way, and arrives or fails."""
        arrived = "FAILED" if self.failing else "DELIVERED"
        self.failing -= bool(self.failing)
        for status in ("ACCEPTED", "SENT", arrived):
            kind = {"ACCEPTED": Kind.OTHER, "FAILED": Kind.FAILED}.get(status, Kind.DELIVERED)
            payload = events.report(self._settings.seed, one.id, status, one.at, campaign=one.campaign, track=one.track)
            self._tell(one.to, "dlr_update", payload, one.at, kind=kind, ours=True, message_id=one.id)

    def sample(self, event: str, talk: Conversation) -> Change:
        """An event of that name. Raises `LookupError` where the API has none such."""
        at = milliseconds(self._settings.clock())
        return self._change(talk.id, event, events.EVENTS[event](self._settings.seed, talk, at), at)

    def _tell(self, conversation: str, event: str, payload: Mapping[str, Any], at: int, **more: Any) -> None:
        self.tell(self._change(conversation, event, payload, at, **more))

    def _change(self, conversation: str, event: str, payload: Mapping[str, Any], at: int, **more: Any) -> Change:
        kind = more.pop("kind", Kind.OTHER)
        return Change(provider="smscx", kind=kind, at=at, conversation=conversation, event=event, payload=payload, **more)
