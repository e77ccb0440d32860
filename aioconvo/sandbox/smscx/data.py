"""The seeded SMS.CX account: one conversation a contact, half of them inside the 24-hour reply window."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aioconvo.sandbox.data import line, milliseconds, moment, number, person, pick, uuid_id

if TYPE_CHECKING:
    from aioconvo.sandbox.exchange import Settings

CHANNELS: Final = ("sms", "viber", "whatsapp")
COSTS: Final = {"sms": 0.045, "viber": 0.012, "whatsapp": 0.02}

_SEGMENT: Final = 160
_UNICODE_SEGMENT: Final = 70
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_WINDOW_MS: Final = 24 * _HOUR_MS
_STATUSES: Final = ("DELIVERED", "DELIVERED", "DELIVERED", "SENT", "FAILED")


class Message(NamedTuple):
    """One message of a conversation; `at` in milliseconds since 1970."""

    id: str
    received: bool
    text: str
    rich_media: dict[str, Any]
    status: str
    channel: str
    cost: float
    at: int

    def to_json(self) -> dict[str, Any]:
        """The message as the conversation's page shows it."""
        return {
            "msgId": self.id,
            "type": "received" if self.received else "sent",
            "text": self.text,
            "richMedia": self.rich_media,
            "status": self.status,
            "cost": self.cost,
            "channel": self.channel,
            "datetime": stamp(self.at),
        }


@dataclasses.dataclass(slots=True, kw_only=True)
class SentSms:
    """One message that was sent, or is kept until `at` (milliseconds since 1970)."""

    id: str
    campaign: str
    to: str
    country: str
    sender: str
    text: str
    parts: int
    cost: float
    created: int
    at: int
    track: str | None = None
    waits: bool = False
    channel: str = "sms"


def stamp(at: int) -> str:
    """Milliseconds since 1970 as the API writes times: UTC, seconds, no zone."""
    return moment(at).strftime("%Y-%m-%d %H:%M:%S")


def text_analysis(text: str) -> dict[str, Any]:
    """How a text is cut into parts."""
    segment = _SEGMENT if text.isascii() else _UNICODE_SEGMENT
    return {"length": len(text), "unicode": not text.isascii(), "parts": -(-len(text) // segment)}


class Conversation:
    """One contact and what was said; seeded messages are computed when they are asked for."""

    def __init__(self, settings: Settings, index: int) -> None:
        contact = person(settings.seed, index)
        draw = number(settings.seed, "smscx", index)
        self._settings = settings
        self._index = index
        self._gap = _MINUTE_MS + draw % (4 * _MINUTE_MS)
        self._unread = min(draw % 4, settings.messages) if settings.messages > 1 else settings.messages
        self._last_received = milliseconds(settings.now) - self._age()
        self._added: list[Message] = []
        self.id = uuid_id(settings.seed, "smscx", index)
        # Contacts without a first name exist; the last name is the field that the list never has as null.
        self.first_name = None if draw % 10 == 0 else contact.first_name
        self.last_name = contact.last_name
        self.country = "GB"
        self.phone = contact.phone
        self.unread = self._unread
        self.last_received = self._last_received

    def _age(self) -> int:
        """How long ago the contact wrote last: the first half within the reply window, the second half outside."""
        fresh = (self._settings.conversations + 1) // 2
        if self._index < fresh:
            return 10 * _MINUTE_MS + self._index * 20 * _HOUR_MS // fresh
        return 30 * _HOUR_MS + (self._index - fresh) * 7 * _MINUTE_MS

    def _message(self, ordinal: int) -> Message:
        seed, back = self._settings.seed, self._settings.messages - 1 - ordinal
        received = back < self._unread or (back - self._unread) % 2 == 1
        channel = CHANNELS[self._index % len(CHANNELS)]
        return Message(
            id=uuid_id(seed, "smscx", self._index, ordinal),
            received=received,
            text=line(seed, "smscx", self._index, ordinal, inbound=received),
            rich_media={},
            status="DELIVERED" if received else pick(_STATUSES, seed, "smscx status", self._index, ordinal),
            channel=channel,
            cost=0.0 if received else COSTS[channel],
            # With nothing unread the newest message is our answer, a little later than the contact's last.
            at=self._last_received - (back if self._unread else back - 1) * self._gap,
        )

    def messages(self) -> list[Message]:
        """All messages, oldest first."""
        return [*map(self._message, range(self._settings.messages)), *self._added]

    def last(self) -> Message | None:
        """The newest message, without building the others."""
        if self._added:
            return self._added[-1]
        return self._message(self._settings.messages - 1) if self._settings.messages else None

    def add(self, message: Message) -> None:
        """Store a message; one from the contact is unread and opens the reply window again."""
        self._added.append(message)
        if message.received:
            self.unread += 1
            self.last_received = message.at

    def window_open(self) -> bool:
        """Whether the contact wrote less than 24 hours before the sandbox's now, or since."""
        return milliseconds(self._settings.now) - self.last_received < _WINDOW_MS

    def summary(self) -> dict[str, Any]:
        """The conversation as the list shows it; lastUpdate is when the contact wrote last, not when we did."""
        last = self.last()
        return {
            "conversationId": self.id,
            "phoneNumber": self.phone,
            "countryIso": self.country,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "unreadMessages": self.unread,
            "lastReply": last.text if last else "",
            "lastUpdate": stamp(self.last_received),
        }

    def detail(self) -> dict[str, Any]:
        """The conversation as its own page shows it; no name is null here."""
        return {
            "info": {
                "conversationId": self.id,
                "phoneNumber": self.phone,
                "countryIso": self.country,
                "firstName": self.first_name or "",
                "lastName": self.last_name,
            },
            "data": [message.to_json() for message in self.messages()],
        }
