"""The seeded UltraCart account: a shop, its agents and queues, and conversations by text message and web chat."""

from __future__ import annotations

import array
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aioconvo.sandbox.data import Person, arrivals, line, moment, number, person, started, uuid_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aioconvo.sandbox.exchange import Settings

MERCHANT: Final = "DEMO"
_ARN: Final = f"arn:ultracart:conversation:{MERCHANT}"
_EASTERN: Final = dt.timezone(dt.timedelta(hours=-5))  # the provider writes times with its own zone
_MOODS: Final = ("POSITIVE", "NEUTRAL", "NEGATIVE", "MIXED")
_TRANSPORTS: Final = ("sent", "sent", "read", "queued", "TWILIO_ERROR")
_NOTICE: Final = 16  # every sixteenth message or so is a notice


def dts(at: int) -> str:
    """Milliseconds since 1970 as the API writes times: ISO 8601 with zone, whole seconds."""
    return moment(at).astimezone(_EASTERN).isoformat(timespec="seconds")


class Who(NamedTuple):
    """Somebody who can take part in conversations."""

    arn: str
    name: str
    email: str = ""
    phone: str = ""


AGENT: Final = Who(f"{_ARN}:participant:agent:1", "Sandbox Agent", "agent@example.com")
COLLEAGUE: Final = Who(f"{_ARN}:participant:agent:2", "Robin Colleague", "robin@example.com")


def customer(someone: Person, place: int, medium: str) -> Who:
    """A customer as a participant."""
    arn = f"{_ARN}:participant:customer:{place}"
    return Who(arn, someone.name, someone.email, someone.phone if medium == "sms" else "")


def named(arn: str) -> Who:
    """Somebody of whom only the ARN is known."""
    known = {AGENT.arn: AGENT, COLLEAGUE.arn: COLLEAGUE}
    return known.get(arn, Who(arn, arn.rpartition(":")[2]))


@dataclasses.dataclass(slots=True)
class Participation:
    """Somebody's part in one conversation; times in milliseconds since 1970."""

    who: Who
    joined: int
    language: str = "en"
    left: int | None = None
    unread: int = 0

    def to_json(self, seed: int) -> dict[str, Any]:
        """The participant on the wire; what is not known is absent, never null."""
        left = {} if self.left is None else {"left_dts": dts(self.left)}
        phone = {"sms_phone_number": self.who.phone} if self.who.phone else {}
        email = {"email": self.who.email} if self.who.email else {}
        return {
            "conversation_participant_arn": self.who.arn,
            "conversation_participant_name": self.who.name,
            "conversation_participant_uuid": uuid_id(seed, "participant", self.who.arn),
            "joined_dts": dts(self.joined),
            "language_iso_code": self.language,
            "status": "joined" if self.left is None else "left",
            "timezone": "America/New_York",
            "unread_messages": self.unread,
            **email,
            **phone,
            **left,
        }


class Message(NamedTuple):
    """One message; `at` in milliseconds since 1970."""

    id: str
    author: Who
    body: str
    kind: str
    transport: str
    at: int
    client_id: str = ""

    def to_json(self) -> dict[str, Any]:
        """The message on the wire."""
        statuses = [{"conversation_participant_arn": self.author.arn, "status": self.transport}]
        return {
            "author_conversation_participant_arn": self.author.arn,
            "author_conversation_participant_name": self.author.name,
            "body": self.body,
            **({"client_message_id": self.client_id} if self.client_id else {}),
            "conversation_message_uuid": self.id,
            "language_iso_code": "en",
            "media_urls": [],
            "merchant_id": MERCHANT,
            "message_dts": dts(self.at),
            "message_epoch": self.at,
            "translations": [],
            "transport_statuses": statuses if self.transport else [],
            "type": self.kind,
            "upload_keys": [],
        }


class Conversation:
    """One conversation; seeded messages are computed when they are asked for. Places count from 1, the oldest."""

    def __init__(self, settings: Settings, place: int, *, began: int | None = None, medium: str = "") -> None:
        seed = settings.seed
        self._seed = seed
        self.place = place
        self._times = arrivals(settings, place) if began is None else array.array("q")
        self._seeded = len(self._times)
        self._added: list[Message] = []
        self.began = started(settings, place) if began is None else began
        self.medium = medium or ("websocket", "sms")[place % 2]
        self.uuid = uuid_id(seed, "ultracart", place)
        self.arn = f"{_ARN}:conversation:{self.uuid}"
        self.customer = customer(person(seed, place), place, self.medium)
        self.participants: dict[str, Participation] = {}
        self.closed = False
        self.visible = True
        self.unread = False

    def times(self) -> Sequence[int]:
        """When each message came, oldest first, milliseconds since 1970; some share one."""
        return self._times

    def last_at(self) -> int:
        """When the newest message came; without messages, when the conversation began."""
        return self._times[-1] if self._times else self.began

    def message(self, index: int) -> Message:
        """The message at a place, 0 for the oldest."""
        if index >= self._seeded:
            return self._added[index - self._seeded]
        draw = number(self._seed, "ultracart", self.place, index)
        inbound = self._inbound(index)
        notice = draw % _NOTICE == 0 and not inbound
        return Message(
            id=uuid_id(self._seed, "ultracart", self.place, index),
            author=self.customer if inbound else COLLEAGUE,
            body=line(self._seed, "ultracart", self.place, index, inbound=inbound),
            kind="notice" if notice else "message",
            transport=_TRANSPORTS[(draw >> 8) % len(_TRANSPORTS)] if self.medium == "sms" and not inbound else "",
            at=self._times[index],
        )

    def messages(self, begin: int = 0, end: int | None = None) -> list[Message]:
        """The messages from one place up to another, oldest first."""
        return [self.message(index) for index in range(len(self._times))[begin:end]]

    def add(self, message: Message) -> None:
        """Store a message that came after all others."""
        self._added.append(message)
        self._times.append(message.at)

    def join(self, who: Who, at: int, language: str = "en") -> None:
        """Let somebody in, again if they had left."""
        part = self.participants.setdefault(who.arn, Participation(who, at, language))
        part.left = None

    def summary(self) -> dict[str, Any]:
        """The conversation as lists show it."""
        waiting = self._waiting_since()
        return {
            "closed": self.closed,
            "conversation_arn": self.arn,
            "conversation_uuid": self.uuid,
            **({} if waiting is None else {"customer_first_message_unresponded_to_dts": dts(waiting)}),
            **self._last(),
            "last_message_dts": dts(self.last_at()),
            "medium": self.medium,
            "merchant_id": MERCHANT,
            "message_count": len(self._times),
            "participants": [part.to_json(self._seed) for part in self.participants.values()],
            "sentiment": self._sentiment(),
            "start_dts": dts(self.began),
            "unread_messages": self.unread,
            "visible": self.visible,
        }

    def detail(self, messages: list[Message]) -> dict[str, Any]:
        """The conversation as its own page shows it, with those messages."""
        return {
            **self.summary(),
            "base_language_iso_code": "en",
            "messages": [message.to_json() for message in messages],
            "virtual_agent": False,
            "virtual_agent_cost": 0.0,
        }

    def _inbound(self, index: int) -> bool:
        if index >= self._seeded:
            return self._added[index - self._seeded].author == self.customer
        return (index + self.place) % 2 == 0

    def _waiting_since(self) -> int | None:
        first = None
        for index in reversed(range(len(self._times))):
            if not self._inbound(index):
                break
            first = self._times[index]
        return first

    def _last(self) -> dict[str, Any]:
        if not self._times:
            return {}
        last = self.message(len(self._times) - 1)
        return {
            "last_conversation_message_body": last.body,
            "last_conversation_participant_arn": last.author.arn,
            "last_conversation_participant_name": last.author.name,
            "last_interactive_message_dts": dts(last.at),
        }

    def _sentiment(self) -> dict[str, Any]:
        mood = number(self._seed, "mood", self.place) % len(_MOODS)
        scores = {name.lower(): 0.85 if index == mood else 0.05 for index, name in enumerate(_MOODS)}
        return {"last_detect_sentiment": dts(self.last_at()), "sentiment": _MOODS[mood], **scores}


def seeded(settings: Settings, place: int) -> Conversation:
    """The conversation with that number: a customer and a colleague talk, the key's agent has not joined."""
    conversation = Conversation(settings, place)
    draw = number(settings.seed, "ultracart state", place)
    for who in (conversation.customer, COLLEAGUE):
        conversation.join(who, conversation.began)
    conversation.closed = draw % 5 == 0
    conversation.visible = draw >> 8 & 7 != 0
    conversation.unread = settings.messages > 0 and draw >> 16 & 1 == 1
    return conversation


class Queue:
    """A web chat queue; it knows the status of each of its agents."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._now = dts(started(settings, settings.conversations))
        self._uuid = uuid_id(settings.seed, "queue", name)
        self._waiting = customer(person(settings.seed, 9_999), 9_999, "websocket")
        self.name = name
        self.statuses = {AGENT: "available", COLLEAGUE: "busy"}
        self.custom: dict[str, str] = {}

    def to_json(self) -> dict[str, Any]:
        """The queue's status on the wire."""
        among = list(self.statuses.values())
        waiting = {
            "conversation_participant_arn": self._waiting.arn,
            "conversation_participant_name": self._waiting.name,
            "conversation_webchat_queue_uuid": self._uuid,
            "email": self._waiting.email,
            "join_dts": self._now,
            "participant_language_iso_code": "en",
            "question": "Is anybody there?",
            "queue_name": self.name,
        }
        return {
            "agent_available_count": among.count("available"),
            "agent_busy_count": among.count("busy"),
            "agent_count": len(among),
            "agent_unavailable_count": among.count("unavailable"),
            "agents": [self._agent(place, who) for place, who in enumerate(self.statuses, 1)],
            "customer_abandon_count": 0,
            "customer_active_count": 1,
            "customer_average_abandon_time_seconds": 0,
            "customer_average_chat_time_seconds": 240,
            "customer_average_hold_time_seconds": 12,
            "customer_chat_count": 3,
            "customer_waiting_count": 1,
            "customer_waiting_join_dts": self._now,
            "queue_entries": [waiting],
            "queue_name": self.name,
        }

    def _agent(self, place: int, who: Who) -> dict[str, Any]:
        return {
            "agent_status": self.statuses[who],
            "agent_user_id": str(place),
            "conversation_participant_arn": who.arn,
            "conversation_participant_name": who.name,
            **(self.custom if who == AGENT else {}),
            "last_chat_dts": self._now,
            "next_round_robin": place == 1,
            "profile_image_url": f"https://media.example.com/agents/{place}.png",
        }
