"""The seeded Convore account, and how what is stored there looks on the wire.

A message's id is a ULID whose random part holds the conversation's number and the message's place in it: an account of
any size is searched by id without an index.
"""

from __future__ import annotations

import array
import dataclasses
import html
import re
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from aioconvo.sandbox.data import arrivals, iso, line, number, person, pick, started

if TYPE_CHECKING:
    from aioconvo.sandbox.exchange import Settings

Direction = Literal["inbound", "outbound"]
ReplyType = Literal["reply", "reply_all", "forward"]
Role = Literal["from", "to", "cc", "bcc"]
Status = Literal["open", "done", "trash", "spam"]
Priority = Literal["no_priority", "urgent", "high", "medium", "low"]

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_TIME_DIGITS: Final = 10
_PLACE_DIGITS: Final = 5
_NOISE_DIGITS: Final = 6
_SNIPPET: Final = 100
_TAG: Final = re.compile(r"<[^>]*>")
_STATUSES: Final = ("open", "open", "open", "done", "done", "trash", "spam")
_PRIORITIES: Final = ("no_priority", "no_priority", "urgent", "high", "medium", "low")
_SUBJECTS: Final = ("Your order", "A question about delivery", "Return of an item", "Invoice needed", "Wrong address")
_LABELS: Final = (("Technical support", "shared"), ("Returns", "shared"), ("Follow up", "channel_private"))


class Handle(msgspec.Struct, frozen=True):
    """An address and what kind it is."""

    type: Literal["email", "convore_chat"]
    value: str


class Participant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody on a message, in one role."""

    handle: Handle
    role: Role
    name: str | UnsetType = UNSET


@dataclasses.dataclass(frozen=True, slots=True)
class Channel:
    """An address of the account; conversations belong to one."""

    id: str
    participant: Participant


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One stored message; `at` and `created_at` in milliseconds since 1970."""

    id: str
    channel_id: str
    conversation_id: str
    direction: Direction
    at: int
    created_at: int
    sender: Participant
    recipients: tuple[Participant, ...]
    subject: str | None
    body: str
    snippet: str
    reply_to: str | None = None
    reply_type: ReplyType | None = None

    def to_json(self, *, full: bool) -> dict[str, Any]:
        """The message on the wire; only the full format has bodies."""
        text = text_of(self.body)
        bodies = {"body": self.body, "text_body": text, "raw_body": self.body} if full else {}
        reply = {"reply_to_message_id": self.reply_to, "reply_type": self.reply_type or "reply"} if self.reply_to else {}
        return {
            "id": self.id,
            "channel_id": self.channel_id,
            "conversation_id": self.conversation_id,
            **reply,
            "subject": self.subject,
            "direction": self.direction,
            "date": iso(self.at),
            "sender": msgspec.to_builtins(self.sender),
            "recipients": msgspec.to_builtins(self.recipients),
            "snippet": self.snippet,
            **bodies,
            "attachments": [],
            "created_at": iso(self.created_at),
            "format": "full" if full else "minimal",
        }


def text_of(body: str) -> str:
    """The text of an HTML body."""
    return html.unescape(_TAG.sub("", body)).strip()


def snippet_of(body: str) -> str:
    """The beginning of a body's text."""
    return text_of(body)[:_SNIPPET]


def base32(value: int, digits: int) -> str:
    """The last `digits` digits of a number in Crockford's alphabet, lower case."""
    return "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(digits)))


def ulid(prefix: str, at: int, draw: int) -> str:
    """A prefixed ULID of a time in milliseconds and 80 bits of a number."""
    return f"{prefix}_{base32(at, _TIME_DIGITS)}{base32(draw, 16)}"


def message_id(seed: int, at: int, conversation: int, ordinal: int) -> str:
    """The id of a message from its time and its place."""
    place = base32(conversation, _PLACE_DIGITS) + base32(ordinal, _PLACE_DIGITS)
    noise = base32(number(seed, "convore noise", conversation, ordinal), _NOISE_DIGITS)
    return f"msg_{base32(at, _TIME_DIGITS)}{noise}{place}"


def place_of(identifier: str) -> tuple[int, int] | None:
    """Conversation number and ordinal out of a message's id; None for what is no such id."""
    digits = identifier[-2 * _PLACE_DIGITS :]
    if len(digits) < 2 * _PLACE_DIGITS or not set(digits) <= set(_ALPHABET):
        return None
    value = 0
    for digit in digits:
        value = value << 5 | _ALPHABET.index(digit)
    return value >> 5 * _PLACE_DIGITS, value & (1 << 5 * _PLACE_DIGITS) - 1


def channels(seed: int) -> tuple[Channel, Channel]:
    """The account's mail channel and its chat channel."""
    mail = Participant(Handle("email", "support@example.com"), "from", "Support")
    chat = Participant(Handle("convore_chat", "support"), "from", "Support")
    mail_id, chat_id = (ulid("chnnl", 1_700_000_000_000, number(seed, "channel", kind)) for kind in ("mail", "chat"))
    return Channel(mail_id, mail), Channel(chat_id, chat)


def labels(seed: int) -> list[dict[str, Any]]:
    """The account's labels, as they appear within conversations."""
    return [
        {
            "id": ulid("lbl", 1_700_000_000_000, number(seed, "label", name)),
            "name": name,
            "created_at": iso(1_700_000_000_000),
            "type": kind,
        }
        for name, kind in _LABELS
    ]


class Conversation:
    """One conversation; seeded messages are computed when they are asked for, what changed since is kept."""

    def __init__(self, settings: Settings, place: int, channel: Channel, *, seeded: bool, created_at: int) -> None:
        self._seed = settings.seed
        self._seeded = settings.messages if seeded else 0
        self._arrivals = arrivals(settings, place) if seeded else array.array("q")
        self._kept: dict[int, Message] = {}
        self.place = place
        self.channel = channel
        self.count = self._seeded
        self.created_at = created_at
        self.id = ulid("conv", created_at, number(settings.seed, "convore", place))
        self.status = "open"
        self.priority = "no_priority"
        self.labels: list[dict[str, Any]] = []
        self.drafts = 0
        self.unread = False
        self.subject: str | None = None
        self.contact: Participant | None = None

    def at(self, ordinal: int) -> int:
        """When a message was sent, in milliseconds, without building it."""
        kept = self._kept.get(ordinal)
        return kept.at if kept else self._arrivals[ordinal]

    def message(self, ordinal: int) -> Message:
        """The message at a place, 0 for the first that was stored."""
        kept = self._kept.get(ordinal)
        if kept is not None or self.contact is None:
            return self._kept[ordinal]
        inbound = self._inbound(ordinal)
        ours = self.channel.participant
        sender, recipient = (self.contact, ours) if inbound else (ours, self.contact)
        text = line(self._seed, "convore", self.place, ordinal, inbound=inbound)
        at = self._arrivals[ordinal]
        return Message(
            id=message_id(self._seed, at, self.place, ordinal),
            channel_id=self.channel.id,
            conversation_id=self.id,
            direction="inbound" if inbound else "outbound",
            at=at,
            created_at=at,
            sender=in_role(sender, "from"),
            recipients=(in_role(recipient, "to"),),
            subject=self.subject,
            body=f"<p>{html.escape(text)}</p>",
            snippet=text[:_SNIPPET],
        )

    def keep(self, ordinal: int, message: Message) -> None:
        """Store a message, new or changed."""
        self._kept[ordinal] = message
        self.count = max(self.count, ordinal + 1)

    def last_at(self) -> int:
        """When the newest message was sent; without messages, when the conversation began. Milliseconds."""
        last = self._arrivals[-1] if self._arrivals else self.created_at
        if not self._kept:
            return last
        return max(self.at(ordinal) for ordinal in range(self.count))

    def has_outbound(self) -> bool:
        """Whether any message went out."""
        return any(message.direction == "outbound" for message in self._kept.values()) or any(
            not self._inbound(ordinal) for ordinal in range(self._seeded) if ordinal not in self._kept
        )

    def to_json(self) -> dict[str, Any]:
        """The conversation on the wire."""
        newest = max(range(self.count), key=lambda ordinal: (self.at(ordinal), ordinal), default=None)
        latest = {} if newest is None else {"snippet": self.message(newest).snippet, "last_message_date": iso(self.at(newest))}
        people = [self.channel.participant, *([self.contact] if self.contact else [])]
        return {
            "id": self.id,
            "channel_id": self.channel.id,
            "status": self.status,
            "priority": self.priority,
            "labels": self.labels,
            "participants": msgspec.to_builtins(people),
            "subject": self.subject,
            **latest,
            "is_unread": self.unread,
            "message_count": self.count,
            "draft_count": self.drafts,
            "attachment_count": 0,
            "created_at": iso(self.created_at),
        }

    def _inbound(self, ordinal: int) -> bool:
        # Every fourth conversation has never been answered.
        return self.place % 4 == 0 or ordinal % 2 == 0


def in_role(participant: Participant, role: Role) -> Participant:
    """The same participant in another role."""
    return Participant(participant.handle, role, participant.name)


def seeded(settings: Settings, place: int) -> Conversation:
    """The conversation with that number, 1 for the oldest."""
    draw = number(settings.seed, "convore", place)
    mail, chat = channels(settings.seed)
    channel = chat if place % 3 == 0 else mail
    someone = person(settings.seed, place)
    handle = Handle("convore_chat", f"user-{place}") if channel is chat else Handle("email", someone.email)
    conversation = Conversation(settings, place, channel, seeded=True, created_at=started(settings, place))
    conversation.contact = Participant(handle, "to", someone.name)
    conversation.subject = None if channel is chat else pick(_SUBJECTS, settings.seed, "subject", place)
    conversation.status = _STATUSES[draw % len(_STATUSES)]
    conversation.priority = _PRIORITIES[(draw >> 16) % len(_PRIORITIES)]
    conversation.labels = [label for bit, label in enumerate(labels(settings.seed)) if draw >> 32 + bit & 1]
    conversation.drafts = int(place % 7 == 0)
    conversation.unread = draw >> 48 & 1 == 1
    return conversation
