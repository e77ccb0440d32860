"""Convore, emulated: messages and conversations behind cursors, sending, importing and changing messages; events."""

from __future__ import annotations

import base64
import bisect
import dataclasses
import html
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from aioconvo.sandbox.changes import Change, Customer, Kind, Watched
from aioconvo.sandbox.clock import Clock
from aioconvo.sandbox.data import iso, milliseconds, uuid_id
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route
from aioconvo.sandbox.generic.examples import Form
from aioconvo.sandbox.generic.routes import Generic
from aioconvo.sandbox.quota import QuotaForm

from .admin import Administration
from .asked import body_in, limit_in
from .data import (
    Channel,
    Conversation,
    Direction,
    Handle,
    Message,
    Participant,
    Priority,
    ReplyType,
    Role,
    Status,
    channels,
    in_role,
    message_id,
    place_of,
    seeded,
    snippet_of,
    text_of,
)
from .events import EventLog
from .filters import filters_in, to_milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aioconvo.sandbox.exchange import Settings

API_KEY: Final = "sandbox-key"

_REMEMBERED: Final = 1000  # seeded messages whose events are still listed
_CODES: Final = {
    400: "invalid_request",
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
    429: "rate_limited",
}
_REASONS: Final = {415: "The content type of the body is not supported", 429: "Too many requests"}

_Key = tuple[int, ...]
"""Where something stands in the order by time: milliseconds, conversation number and, for a message, its ordinal."""


class _Send(msgspec.Struct, rename={"from_": "from"}):
    body: str
    channel_id: str | None = None
    conversation_id: str | None = None
    reply_to_message_id: str | None = None
    reply_type: ReplyType | None = None
    from_: str | None = None
    to: tuple[str, ...] | None = None
    cc: tuple[str, ...] | None = None
    bcc: tuple[str, ...] | None = None
    sender: Participant | None = None
    recipients: tuple[Participant, ...] | None = None
    subject: str | None = None


class _Import(msgspec.Struct):
    date: datetime
    sender: Participant
    recipients: tuple[Participant, ...]
    conversation_id: str | None = None
    channel_id: str | None = None
    reply_to_message_id: str | None = None
    reply_type: ReplyType | None = None
    subject: str | None = None
    direction: Direction | None = None
    body: str | None = None
    snippet: str | None = None


class _Update(msgspec.Struct):
    subject: str | UnsetType | None = UNSET
    direction: Direction | UnsetType = UNSET
    date: datetime | UnsetType = UNSET
    sender: Participant | UnsetType = UNSET
    recipients: tuple[Participant, ...] | UnsetType = UNSET
    body: str | UnsetType = UNSET
    snippet: str | UnsetType = UNSET


class _Filing(msgspec.Struct):
    status: Status | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    subject: str | UnsetType | None = UNSET
    is_unread: bool | UnsetType = UNSET


class ConvoreSandbox:
    """The Convore API over its own state. Lists are newest first; a cursor stands for a place, not for a count."""

    name: Final = "convore"
    credentials: Final = MappingProxyType({"api_key": API_KEY})
    quota: Final = QuotaForm("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", moment=True)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.changes = Watched()
        self._clock = Clock(settings)
        self._channels = {channel.id: channel for channel in channels(settings.seed)}
        self._conversations = [seeded(settings, place) for place in range(1, settings.conversations + 1)]
        self._by_id = {conversation.id: conversation for conversation in self._conversations}
        self._by_address = {each.contact.handle.value: each for each in self._conversations if each.contact}
        self._keys: list[_Key] | None = None
        self._order: list[_Key] | None = None
        self.events = EventLog(settings, self._seeded_events)
        self.routes = (
            Route("GET", "/v1/messages", "list_messages", self._list_messages),
            Route("POST", "/v1/messages", "send_message", self._send_message),
            Route("POST", "/v1/messages/import", "import_message", self._import_message),
            Route("GET", "/v1/messages/{message_id}", "get_message", self._get_message),
            Route("PATCH", "/v1/messages/{message_id}", "update_message", self._update_message),
            Route("GET", "/v1/conversations", "list_conversations", self._list_conversations),
            Route("GET", "/v1/conversations/{conversation_id}", "get_conversation", self._get_conversation),
            Route("PATCH", "/v1/conversations/{conversation_id}", "update_conversation", self._update_conversation),
            *self.events.routes,
            *Administration().routes,
        )
        self.table = Generic(self.name, settings, self.credentials, Form(iso, uuid_id)).table(self.routes)

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        match self.table.find(request.method, request.path):
            case (Route() as route, dict() as parameters):
                scheme, _, token = request.headers.get("authorization", "").partition(" ")
                if scheme.lower() != "bearer" or token != API_KEY:
                    return _refusal(401, "The API key is missing or not valid")
                try:
                    return route.handler(request, parameters)
                except Refusal as refusal:
                    return _refusal(refusal.status, refusal.reason, refusal.code)
            case []:
                return _refusal(404, "No such resource")
            case _:
                return _refusal(405, "The method is not allowed for this resource")

    def error(self, status: int, headers: Mapping[str, str]) -> Reply:
        """An error of the API's own."""
        return Reply(status, _refusal(status, _REASONS.get(status, "The service failed")).body, headers)

    def state(self) -> dict[str, Any]:
        """Counts and ids, and the channels' ids: the mail channel, the chat channel."""
        ids = dict(self.message_ids())
        return {
            "conversations": len(ids),
            "messages": sum(map(len, ids.values())),
            "ids": ids,
            "channels": list(self._channels),
        }

    def message_ids(self) -> Iterator[tuple[str, list[str]]]:
        """Each conversation's id and its messages' ids, one conversation at a time."""
        for conversation in self._conversations:
            yield conversation.id, [self._at_key(key).id for key in _keys_of(conversation)]

    def receive_message(self, conversation_id: str, text: str) -> dict[str, Any]:
        """A message that the contact writes just now; answers it as the API shows it."""
        conversation = self._by_id[conversation_id]
        ours = conversation.channel.participant
        message = self._store(
            conversation,
            direction="inbound",
            sender=in_role(conversation.contact or ours, "from"),
            recipients=(in_role(ours, "to"),),
            subject=conversation.subject,
            body=text,
        )
        conversation.unread = True
        self.events.message("inbound", conversation.id, message.id, message.created_at)
        return message.to_json(full=True)

    # -- what contacts do, by address or conversation id; an address that is not known opens a conversation

    def customers(self) -> Iterator[Customer]:
        """Who may write, and where."""
        for address, each in self._by_address.items():
            yield Customer(address, (each.contact.name if each.contact else "") or address, each.id)

    def says(self, user: str, text: str) -> dict[str, Any]:
        """A contact writes; answers the message as the API shows it."""
        found = self._by_address.get(user) or self._by_id.get(user)
        if found is None:
            mail, chat = self._channels.values()
            found = self._open(mail if "@" in user else chat, None, _participant(user, "to"))
        return self.receive_message(found.id, html.escape(text, quote=False))

    def reads(self, user: str) -> None:
        """Nothing: the API does not tell of it."""

    def types(self, user: str, *, started: bool = True) -> None:
        """Nothing: the API does not tell of it."""

    def presses(self, user: str, payload: str) -> None:
        """Nothing: the API has no buttons."""

    def sample(self, event: str) -> Change:
        """Nothing is called back. Raises `LookupError`."""
        raise LookupError(event)

    def _all_keys(self) -> list[_Key]:
        if self._keys is None:
            self._keys = sorted(key for conversation in self._conversations for key in _keys_of(conversation))
        return self._keys

    def _conversation_keys(self) -> list[_Key]:
        if self._order is None:
            self._order = sorted((conversation.last_at(), conversation.place) for conversation in self._conversations)
        return self._order

    def _seeded_events(self) -> Iterator[tuple[int, str, str, str]]:
        """When, which way, in which conversation and with which id the newest seeded messages came."""
        end = milliseconds(self._settings.now)
        for message in map(self._at_key, self._all_keys()[-_REMEMBERED:]):
            if message.created_at <= end:
                yield message.created_at, message.direction, message.conversation_id, message.id

    def _at_key(self, key: _Key) -> Message:
        return self._conversations[key[1] - 1].message(key[2])

    def _store(self, conversation: Conversation, *, body: str, at: int | None = None, **fields: Any) -> Message:
        created_at, ordinal = self._clock.tick(), conversation.count
        fields["snippet"] = fields.get("snippet") or snippet_of(body)
        message = Message(
            id=message_id(self._settings.seed, created_at, conversation.place, ordinal),
            channel_id=conversation.channel.id,
            conversation_id=conversation.id,
            at=created_at if at is None else at,
            created_at=created_at,
            body=body,
            **fields,
        )
        conversation.keep(ordinal, message)
        self._order = None
        if self._keys is not None:
            bisect.insort(self._keys, (message.at, conversation.place, ordinal))
        told = Change(
            provider=self.name,
            kind=Kind.MESSAGE,
            at=message.created_at,
            conversation=conversation.id,
            ours=message.direction == "outbound",
            message_id=message.id,
            text=text_of(body),
        )
        self.changes.tell(told)
        return message

    def _open(self, channel: Channel, subject: str | None, contact: Participant | None) -> Conversation:
        place = len(self._conversations) + 1
        conversation = Conversation(self._settings, place, channel, seeded=False, created_at=self._clock.tick())
        conversation.subject = subject
        conversation.contact = contact
        if contact is not None:
            self._by_address.setdefault(contact.handle.value, conversation)
        self._conversations.append(conversation)
        self._by_id[conversation.id] = conversation
        self._order = None
        return conversation

    def _target(self, request: _Send | _Import, contact: Participant | None) -> Conversation:
        if request.reply_to_message_id is not None:
            return self._place(request.reply_to_message_id)[0]
        if request.conversation_id is not None:
            return self._conversation(request.conversation_id)
        if request.channel_id is None:
            raise Refusal(400, "invalid_request", "One of channel_id and reply_to_message_id is needed")
        channel = self._channels.get(request.channel_id)
        if channel is None:
            raise Refusal(404, "not_found", "No channel has this id")
        return self._open(channel, request.subject, contact)

    def _conversation(self, identifier: str) -> Conversation:
        conversation = self._by_id.get(identifier)
        if conversation is None:
            raise Refusal(404, "not_found", "No conversation has this id")
        return conversation

    def _place(self, identifier: str) -> tuple[Conversation, int]:
        place, ordinal = place_of(identifier) or (0, 0)
        if 0 < place <= len(self._conversations):
            conversation = self._conversations[place - 1]
            if ordinal < conversation.count and conversation.message(ordinal).id == identifier:
                return conversation, ordinal
        raise Refusal(404, "not_found", "No message has this id")

    def _list_messages(self, request: Request, _: Mapping[str, str]) -> Reply:
        query = request.parameters()
        form = query.get("format", "minimal")
        if form not in {"minimal", "full"}:
            raise Refusal(400, "invalid_request", "format is minimal or full")
        keys = self._all_keys()
        if "conversation_id" in query:
            conversation = self._by_id.get(query["conversation_id"])
            keys = _keys_of(conversation) if conversation else []
        cursor = _cursor_in(query)
        end = len(keys) if cursor is None else bisect.bisect_left(keys, cursor)
        begin = max(0, end - limit_in(query))
        page = keys[begin:end][::-1]
        following = page[-1] if begin else None
        return _page([self._at_key(key).to_json(full=form == "full") for key in page], following, len(keys))

    def _get_message(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation, ordinal = self._place(parameters["message_id"])
        return Reply(200, conversation.message(ordinal).to_json(full=True))

    def _send_message(self, request: Request, _: Mapping[str, str]) -> Reply:
        sent = body_in(request, _Send)
        recipients = sent.recipients or _addressed(sent)
        conversation = self._target(sent, recipients[0] if recipients else None)
        if not recipients and conversation.contact is not None:
            recipients = (in_role(conversation.contact, "to"),)
        sender = sent.sender or (_participant(sent.from_, "from") if sent.from_ else conversation.channel.participant)
        message = self._store(
            conversation,
            direction="outbound",
            sender=sender,
            recipients=recipients,
            subject=sent.subject or conversation.subject,
            body=sent.body,
            reply_to=sent.reply_to_message_id,
            reply_type=sent.reply_type,
        )
        conversation.unread = False
        self.events.message("outbound", conversation.id, message.id, message.created_at)
        return Reply(200, message.to_json(full=True))

    def _import_message(self, request: Request, _: Mapping[str, str]) -> Reply:
        given = body_in(request, _Import)
        ours = {channel.participant.handle for channel in self._channels.values()}
        outbound = given.sender.handle in ours
        others = [person for person in (given.sender, *given.recipients) if person.handle not in ours]
        message = self._store(
            self._target(given, others[0] if others else None),
            direction=given.direction or ("outbound" if outbound else "inbound"),
            at=_date(given.date),
            sender=given.sender,
            recipients=given.recipients,
            subject=given.subject,
            body=given.body or "",
            snippet=given.snippet,
            reply_to=given.reply_to_message_id,
            reply_type=given.reply_type,
        )
        return Reply(200, message.to_json(full=True))

    def _update_message(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation, ordinal = self._place(parameters["message_id"])
        update = body_in(request, _Update)
        old = conversation.message(ordinal)
        changes = {
            name: value
            for name in ("subject", "direction", "sender", "recipients", "body", "snippet")
            if (value := getattr(update, name)) is not UNSET
        }
        if "body" in changes and "snippet" not in changes:
            changes["snippet"] = snippet_of(changes["body"])
        if update.date is not UNSET:
            changes["at"] = _date(update.date)
        new = dataclasses.replace(old, **changes)
        conversation.keep(ordinal, new)
        self._order = None
        if self._keys is not None and new.at != old.at:
            self._keys.remove((old.at, conversation.place, ordinal))
            bisect.insort(self._keys, (new.at, conversation.place, ordinal))
        return Reply(200, new.to_json(full=True))

    def _get_conversation(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, self._conversation(parameters["conversation_id"]).to_json())

    def _update_conversation(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._conversation(parameters["conversation_id"])
        update = body_in(request, _Filing)
        if update.status:
            self.events.filed(conversation.id, conversation.status, update.status, self._clock.tick())
            conversation.status = update.status
        conversation.priority = update.priority or conversation.priority
        conversation.subject = conversation.subject if update.subject is UNSET else update.subject
        conversation.unread = conversation.unread if update.is_unread is UNSET else update.is_unread
        return Reply(200, conversation.to_json())

    def _list_conversations(self, request: Request, _: Mapping[str, str]) -> Reply:
        query = request.parameters()
        try:
            filters = filters_in(request.query)
        except ValueError as error:
            raise Refusal(400, "invalid_request", str(error)) from error
        found = self._conversation_keys()
        if filters:
            found = [key for key in found if all(keep(self._conversations[key[1] - 1]) for keep in filters)]
        cursor = _cursor_in(query)
        end = len(found) if cursor is None else bisect.bisect_left(found, cursor)
        begin = max(0, end - limit_in(query))
        page = found[begin:end][::-1]
        following = page[-1] if begin else None
        return _page([self._conversations[place - 1].to_json() for _, place in page], following, len(found))


def _date(when: datetime) -> int:
    if not 1 < when.year < 9999:  # noqa: PLR2004 - a zone may carry the first and last year out of the calendar
        raise Refusal(400, "invalid_request", "date is out of range")
    return to_milliseconds(when)


def _cursor_in(query: Mapping[str, str]) -> _Key | None:
    text = query.get("cursor", "")
    if not text:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(text), type=_Key)
    except (ValueError, msgspec.DecodeError) as error:
        raise Refusal(400, "invalid_request", "The cursor is not one of this list") from error


def _keys_of(conversation: Conversation) -> list[_Key]:
    return sorted((conversation.at(ordinal), conversation.place, ordinal) for ordinal in range(conversation.count))


def _participant(address: str, role: Role) -> Participant:
    return Participant(Handle("email" if "@" in address else "convore_chat", address), role)


def _addressed(sent: _Send) -> tuple[Participant, ...]:
    groups: tuple[tuple[Role, tuple[str, ...] | None], ...] = (("to", sent.to), ("cc", sent.cc), ("bcc", sent.bcc))
    return tuple(_participant(address, role) for role, addresses in groups for address in addresses or ())


def _page(data: list[dict[str, Any]], following: _Key | None, total: int) -> Reply:
    body: dict[str, Any] = {"data": data, "total_count": total}
    if following is not None:
        body["next_cursor"] = base64.urlsafe_b64encode(msgspec.json.encode(following)).decode()
    return Reply(200, body)


def _refusal(status: int, reason: str, code: str = "") -> Reply:
    return Reply(status, {"error": {"code": code or _CODES.get(status, "internal_error"), "message": reason}})
