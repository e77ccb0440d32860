"""Sunshine Conversations v2, emulated: conversations, participants, messages and integrations of one app."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET

from aioconvo.sandbox import keys
from aioconvo.sandbox.bodies import checked, decode
from aioconvo.sandbox.changes import Change, Customer
from aioconvo.sandbox.contents import seeded
from aioconvo.sandbox.data import hex_id, iso, milliseconds, person
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route, Settings
from aioconvo.sandbox.generic.examples import Form
from aioconvo.sandbox.generic.routes import Generic
from aioconvo.sandbox.multipart import MULTIPART
from aioconvo.sandbox.quota import QuotaForm
from aioconvo.sandbox.thread import Stored
from aioconvo.sandbox.uploads import Uploads
from aioconvo.sandbox.webhooks import Webhooks

from .bodies import (
    ActivityPost,
    Author,
    ConversationCreate,
    ConversationUpdate,
    MessagePost,
    Participant,
    ParticipantLeave,
    TextContent,
    rendered,
)
from .clients import Clients
from .data import App, Conversation, Membership, User
from .integrations import Integrations
from .oauth import OAuth
from .paging import beside, deep_object, page_query, window
from .switchboards import NOBODY, Switchboards
from .telling import Telling
from .users import Users

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PATH: Final = "/v2/apps/{appId}/conversations"
_ATTACHMENTS: Final = "/v2/apps/{appId}/attachments"
_MESSAGE_PAGE: Final = 100
_FULL: Final = 30_000
_AVATAR: Final = "https://media.example.com/avatars/shop.png"


class SunshineSandbox:
    """The emulated API. `user-1` takes part in every seeded conversation; the oldest one is their default."""

    name: Final = "sunshine"
    credentials: Final = keys.CREDENTIALS
    quota: Final = QuotaForm("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", moment=False)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._integration = hex_id(settings.seed, "sunshine", "integration")
        self.changes = Telling(settings, self._integration)
        self.app = App(settings)
        self._uploads = Uploads(settings.seed, self.name)
        self._oauth = OAuth(settings)
        self.callbacks = Webhooks(settings.seed, self.name)
        self._switchboards = Switchboards(self.app, self.changes)
        integrations = Integrations(settings, self.callbacks, self._integration)
        one, messages = f"{_PATH}/{{conversationId}}", f"{_PATH}/{{conversationId}}/messages"
        self.routes = (
            Route("POST", _PATH, "CreateConversation", self._create),
            Route("GET", _PATH, "ListConversations", self._list),
            Route("GET", one, "GetConversation", self._get),
            Route("PATCH", one, "UpdateConversation", self._update),
            Route("DELETE", one, "DeleteConversation", self._delete),
            Route("POST", f"{one}/activity", "PostActivity", self._post_activity),
            Route("GET", f"{one}/participants", "ListParticipants", self._list_participants),
            Route("POST", f"{one}/join", "JoinConversation", self._join),
            Route("POST", f"{one}/leave", "LeaveConversation", self._leave),
            Route("POST", messages, "PostMessage", self._post_message),
            Route("GET", messages, "ListMessages", self._list_messages),
            Route("DELETE", messages, "DeleteAllMessages", self._delete_all_messages),
            Route("DELETE", f"{messages}/{{messageId}}", "DeleteMessage", self._delete_message),
            Route("POST", _ATTACHMENTS, "UploadAttachment", self._upload, MULTIPART),
            Route("POST", f"{_ATTACHMENTS}/remove", "DeleteAttachment", self._uploads.remove),
            *integrations.routes,
            *self._switchboards.routes,
            *Clients(self.app, self.changes).routes,
            *Users(self.app, self.changes).routes,
            *self._oauth.routes,
        )
        self.table = Generic(self.name, settings, self.credentials, Form(iso, hex_id)).table(self.routes)

    def answer(self, request: Request) -> Reply:
        """Answer one request; refusals come in Sunshine's own shape."""
        try:
            self._oauth.refuse_revoked(request)
            route, parameters = keys.admit(request, self.table, self._settings.clock().timestamp())
            return route.handler(request, parameters)
        except Refusal as refusal:
            return _error(refusal.status, refusal.code, refusal.reason)

    def error(self, status: int, headers: Mapping[str, str]) -> Reply:
        """An error of the service itself, `{"errors": [{"code", "title"}]}`."""
        return _error(status, *keys.service_error(status), headers)

    def state(self) -> dict[str, Any]:
        """Counts, and the message ids of each conversation."""
        ids = dict(self.message_ids())
        return {
            "conversations": len(ids),
            "messages": sum(map(len, ids.values())),
            "users": len(self.app.users),
            "ids": ids,
        }

    def message_ids(self) -> Iterator[tuple[str, list[str]]]:
        """Each conversation's id and its messages' ids, one conversation at a time."""
        for key, each in self.app.conversations.items():
            yield key, [message.id for message in each.thread.messages]

    def receive_message(self, conversation_id: str, text: str, user: str | None = None) -> dict[str, Any]:
        """A message that a user writes just now, by default the first participant; answers it as the API shows it.

        Raises `LookupError` for an unknown conversation or nobody who takes part in it.
        """
        conversation = self.app.conversations[conversation_id]
        writers = [each for each in conversation.members if user in {None, each.user.id, each.user.external_id}]
        author = Author(type="user", user_id=writers[0].user.id)
        return self._store(conversation, MessagePost(author=author, content=TextContent(text=text)), "web")

    # -- what customers do, by their external id or id; somebody unknown is a new user

    def customers(self) -> Iterator[Customer]:
        """Who may write, and where."""
        for user in self.app.users.values():
            own = self.app.own(user)
            yield Customer(user.external_id or user.id, user.name(self._settings.seed), own.id if own else "")

    def says(self, user: str, text: str) -> dict[str, Any]:
        """A user writes; answers the message as the API shows it."""
        conversation, _ = self._talk(user)
        return self.receive_message(conversation.id, text, user)

    def reads(self, user: str) -> None:
        """A user reads their conversation."""
        conversation, someone = self._talk(user)
        _mark_read(conversation, someone.id, max(milliseconds(self._settings.clock()), conversation.thread.last))
        self.changes.read(conversation, someone)

    def types(self, user: str, *, started: bool = True) -> None:
        """A user types, or stops."""
        self.changes.typing(*self._talk(user), started=started)

    def presses(self, user: str, payload: str) -> None:
        """A user presses a button."""
        self.changes.postback(*self._talk(user), payload)

    def sample(self, event: str) -> Change:
        """An event of that name, of the first conversation. Raises `LookupError` where the API has none such."""
        return self.changes.sample(event, *self._talk("user-1"))

    def _talk(self, user: str) -> tuple[Conversation, User]:
        someone = self.app.user(user) or self.app.add_user(user)
        own = self.app.own(someone)
        if own is None:
            own = self.app.conversations[self.start_conversation(someone.id, kind="personal")]
        return own, someone

    def start_conversation(self, *users: str, kind: str = "sdkGroup") -> str:
        """A conversation that users (by id or external id) open just now; answers its id."""
        participants = [
            Participant(user_id=user) if user in self.app.users else Participant(user_external_id=user) for user in users
        ]
        body = ConversationCreate(type="personal" if kind == "personal" else "sdkGroup", participants=participants)
        return self._open(body).id

    # -- attachments

    def _upload(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(201, {"attachment": self._uploads.store(request, parameters)})

    # -- conversations

    def _create(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        body = decode(request, ConversationCreate)
        checked(body.metadata)
        return Reply(201, {"conversation": self._shown(self._open(body))})

    def _open(self, body: ConversationCreate) -> Conversation:
        users = [self.app.named(each.user_id or None, each.user_external_id or None) for each in body.participants]
        conversation = self.app.open(body.type, users)
        _change(conversation, body)
        self.changes.opened(conversation)
        return conversation

    def _list(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        page = page_query(request)
        user = self._find_filtered(deep_object(request, "filter"))
        newest_first = [each for each in reversed(self.app.conversations.values()) if each.part_of(user)]
        chosen = window([-each.number for each in newest_first], page, self.app.place)
        shown = newest_first[chosen.start : chosen.stop]
        extra = beside(request, [each.id for each in shown], chosen, len(newest_first), page.size)
        return Reply(200, {"conversations": [self._shown(each) for each in shown], **extra})

    def _get(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"conversation": self._shown(self.app.find(parameters))})

    def _update(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self.app.find(parameters)
        body = decode(request, ConversationUpdate)
        checked(body.metadata)
        _change(conversation, body)
        return Reply(200, {"conversation": self._shown(conversation)})

    def _delete(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self.app.find(parameters)
        if conversation.is_default:
            reason = f"Conversation {conversation.id} cannot be deleted because it is the default."
            raise Refusal(400, "bad_request", reason)
        del self.app.conversations[conversation.id]
        self.changes.removed(conversation)
        return Reply(200, {})

    def _list_participants(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self.app.find(parameters)
        page = page_query(request)
        places = {member.id: place for place, member in enumerate(conversation.members)}
        chosen = window(list(places.values()), page, places.get)
        shown = conversation.members[chosen.start : chosen.stop]
        extra = beside(request, [each.id for each in shown], chosen, len(places), page.size)
        return Reply(200, {"participants": [_participant(each) for each in shown], **extra})

    def _join(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._group(parameters)
        body = decode(request, Participant)
        user = self.app.named(body.user_id or None, body.user_external_id or None)
        member = conversation.part_of(user)
        if member is None:  # what the API says to who is there already is unconfirmed
            member = self.app.join(conversation, user)
            self.changes.joined(conversation, user)
        return Reply(201, {"participant": _participant(member)})

    def _leave(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._group(parameters)
        body = decode(request, ParticipantLeave)
        ids = {body.participant_id, body.user_id, body.user_external_id} - {UNSET}
        found = (one for one in conversation.members if ids & {one.id, one.user.id, one.user.external_id})
        member = next(found, None)
        if member is None:
            raise Refusal(404, "user_not_found", "Nobody of this id takes part in the conversation")
        conversation.members.remove(member)
        self.changes.left(conversation, member.user)
        return Reply(200, {})

    def _group(self, parameters: Mapping[str, str]) -> Conversation:
        conversation = self.app.find(parameters)
        if conversation.type != "sdkGroup":
            raise Refusal(400, "bad_request", "Only conversations of type sdkGroup can be joined and left")
        return conversation

    def _post_activity(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self.app.find(parameters)
        body = decode(request, ActivityPost)
        author = self._author(conversation, body.author)
        if body.type == "conversation:read":
            at = max(milliseconds(self._settings.clock()), conversation.thread.last)
            if body.author.type == "business":
                conversation.business_last_read = at
            else:
                _mark_read(conversation, author["userId"], at)
        self.changes.active(conversation, self.app.users.get(author.get("userId", "")), body.type)
        return Reply(200, {})

    # -- messages

    def _post_message(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self.app.find(parameters)
        body = decode(request, MessagePost)
        checked(body.metadata)
        if len(conversation.thread) >= _FULL:
            raise Refusal(423, "locked", "The conversation is full")
        return Reply(201, {"messages": [self._store(conversation, body, "api:conversations")]})

    def _store(self, conversation: Conversation, body: MessagePost, source: str) -> dict[str, Any]:
        message: dict[str, Any] = {
            "author": self._author(conversation, body.author),
            "content": rendered(body.content),
            "source": {"type": source},
        }
        if body.metadata:
            message["metadata"] = body.metadata
        stored = conversation.thread.append(message)
        writer = message["author"].get("userId")
        if writer and conversation.control == NOBODY:
            conversation.control = None
        _mark_read(conversation, writer, stored.at)
        answered = _as_answered(stored, message)
        self.changes.stored(conversation, self.app.users.get(writer), answered, stored.at)
        return answered

    def _list_messages(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self.app.find(parameters)
        page = dataclasses.replace(page_query(request), size=_MESSAGE_PAGE)
        stored = conversation.thread.messages
        chosen = window([each.index for each in stored], page, conversation.thread.position, from_end=True)
        shown = [self._message(conversation, each) for each in stored[chosen.start : chosen.stop]]
        extra = beside(request, [each["id"] for each in shown], chosen, len(stored), page.size)
        return Reply(200, {"messages": shown, **extra})

    def _delete_all_messages(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        self.app.find(parameters).thread.clear()
        return Reply(200, {})

    def _delete_message(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        if not self.app.find(parameters).thread.remove(parameters["messageId"]):
            raise Refusal(404, "message_not_found", "Message not found")
        return Reply(200, {})

    # -- what is stored, and how it is shown

    def _shown(self, conversation: Conversation) -> dict[str, Any]:
        read = conversation.business_last_read
        return {
            "id": conversation.id,
            "type": conversation.type,
            "isDefault": conversation.is_default,
            **conversation.details,
            **self._switchboards.control(conversation),
            **({} if read is None else {"businessLastRead": iso(read)}),
            "lastUpdatedAt": iso(max(conversation.created, conversation.thread.last)),
            "createdAt": iso(conversation.created),
        }

    def _find_filtered(self, members: dict[str, str]) -> User:
        if len(members) != 1 or not members.keys() <= {"userId", "userExternalId"}:
            raise Refusal(400, "bad_request", "Exactly one of userId and userExternalId is required")
        return self.app.named(members.get("userId"), members.get("userExternalId"))

    def _author(self, conversation: Conversation, author: Author) -> dict[str, Any]:
        shown: dict[str, Any] = msgspec.to_builtins(author)
        shown.pop("brandId", None)
        if author.type == "user":
            user = self.app.named(author.user_id or None, shown.pop("userExternalId", None))
            if conversation.part_of(user) is None:
                raise Refusal(404, "user_not_found", "User not found")
            return {**shown, "userId": user.id, "displayName": user.name(self._settings.seed)}
        return {**shown, "avatarUrl": author.avatar_url or _AVATAR}

    def _message(self, conversation: Conversation, stored: Stored) -> dict[str, Any]:
        if stored.body is not None:
            return _as_answered(stored, stored.body)
        seed = self._settings.seed
        content = seeded(seed, conversation.number, stored.index)
        if not content.inbound:
            author = {"type": "business", "displayName": person(seed, 0).name, "avatarUrl": _AVATAR}
            return _as_answered(stored, {"author": author, "content": content.content, "source": {"type": "api:conversations"}})
        writer = self.app.writer(conversation, stored.index)
        author = {"type": "user", "userId": writer.id, "displayName": writer.name(seed)}
        source = {"type": "web", "integrationId": self._integration}
        return _as_answered(stored, {"author": author, "content": content.content, "source": source})


def _change(conversation: Conversation, body: ConversationUpdate) -> None:
    changes = {
        "displayName": body.display_name,
        "description": body.description,
        "iconUrl": body.icon_url,
        "metadata": body.metadata,
    }
    for member, value in changes.items():
        if value is None:
            conversation.details.pop(member, None)
        elif value is not UNSET:
            conversation.details[member] = value


def _mark_read(conversation: Conversation, writer: str | None, at: int) -> None:
    """Who writes has read everything; what the business (no `writer`) writes is unread by every user."""
    if writer is None:
        conversation.business_last_read = at
    for member in conversation.members:
        if writer is None:
            member.unread += 1
        elif member.user.id == writer:
            member.unread, member.last_read = 0, at


def _participant(member: Membership) -> dict[str, Any]:
    return {
        "id": member.id,
        "userId": member.user.id,
        **({} if member.user.external_id is None else {"userExternalId": member.user.external_id}),
        "unreadCount": member.unread,
        "clientAssociations": [{"type": "sdk", "clientId": hex_id(0, "client", member.id)}],
        **({} if member.last_read is None else {"lastRead": iso(member.last_read)}),
    }


def _as_answered(stored: Stored, message: dict[str, Any]) -> dict[str, Any]:
    return {"id": stored.id, "received": iso(stored.at), **message}


def _error(status: int, code: str, title: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, {"errors": [{"code": code, "title": title}]}, headers or {})
