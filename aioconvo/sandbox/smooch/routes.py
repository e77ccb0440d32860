"""Smooch v1.1, emulated: each app user's one conversation, paged by time with exclusive bounds."""

from __future__ import annotations

import bisect
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import quote

from aioconvo.sandbox import keys
from aioconvo.sandbox.bodies import checked, decode
from aioconvo.sandbox.changes import Change, Customer
from aioconvo.sandbox.contents import RICH_KINDS, seeded
from aioconvo.sandbox.data import hex_id, iso, milliseconds, person
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route, Settings
from aioconvo.sandbox.generic.examples import Form
from aioconvo.sandbox.generic.routes import Generic
from aioconvo.sandbox.multipart import MULTIPART, parts
from aioconvo.sandbox.quota import QuotaForm
from aioconvo.sandbox.thread import Stored, Thread
from aioconvo.sandbox.uploads import Uploads, file_in
from aioconvo.sandbox.webhooks import Webhooks

from .bodies import ConversationActivity, MessagePost, rendered
from .data import App, AppUser, Conversation
from .hooks import Hooks
from .integrations import Integrations
from .telling import Telling
from .users import Users

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_USER: Final = "/v1.1/apps/{appId}/appusers/{userId}"
_ATTACHMENTS: Final = "/v1.1/apps/{appId}/attachments"
_PAGE: Final = 100
_KINDS: Final = tuple(kind for kind in RICH_KINDS if kind != "template")
_AVATAR: Final = "https://media.example.com/avatars/shop.png"
_TIMESTAMP: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


class SmoochSandbox:
    """The emulated API. `user-1`..`user-N` have a conversation each; `user-0` exists without one."""

    name: Final = "smooch"
    credentials: Final = keys.CREDENTIALS
    quota: Final = QuotaForm("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", moment=False)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.changes = Telling(settings)
        self._maker = hex_id(settings.seed, "smooch", "maker")[:20]
        self.app = App(settings)
        self._uploads = Uploads(settings.seed, self.name)
        self.callbacks = Webhooks(settings.seed, self.name)
        messages = f"{_USER}/messages"
        self.routes = (
            Route("POST", f"{_USER}/conversation/activity", "conversationActivity", self._post_activity),
            Route("POST", f"{_USER}/conversation/read", "resetUnreadCount", self._reset_unread_count),
            Route("GET", messages, "getMessages", self._get_messages),
            Route("POST", messages, "postMessage", self._post_message),
            Route("DELETE", messages, "deleteMessages", self._delete_messages),
            Route("DELETE", f"{messages}/{{messageId}}", "deleteMessage", self._delete_message),
            Route("POST", f"{_USER}/images", "postImageMessage", self._post_image, MULTIPART),
            Route("POST", _ATTACHMENTS, "uploadAttachment", self._upload, MULTIPART),
            Route("POST", f"{_ATTACHMENTS}/remove", "removeAttachment", self._uploads.remove),
            *Users(self.app, self.changes).routes,
            *Integrations(settings.seed).routes,
            *Hooks(self.callbacks).routes,
        )
        self.table = Generic(self.name, settings, self.credentials, Form(iso, hex_id)).table(self.routes)

    def answer(self, request: Request) -> Reply:
        """Answer one request; refusals come in Smooch's own shape."""
        try:
            route, parameters = keys.admit(request, self.table, self._settings.clock().timestamp())
            return route.handler(request, parameters)
        except Refusal as refusal:
            return _error(refusal.status, refusal.code, refusal.reason)

    def error(self, status: int, headers: Mapping[str, str]) -> Reply:
        """An error of the service itself, `{"error": {"code", "description"}}`."""
        return _error(status, *keys.service_error(status), headers)

    def state(self) -> dict[str, Any]:
        """Counts, and the message ids of each conversation; `users` tells whose they are."""
        talking = {user.user_id: user.conversation for user in self.app if user.conversation is not None}
        ids = {each.id: [message.id for message in each.thread.messages] for each in talking.values()}
        users = {user_id: conversation.id for user_id, conversation in talking.items()}
        return {"conversations": len(ids), "messages": sum(map(len, ids.values())), "users": users, "ids": ids}

    def message_ids(self) -> Iterator[tuple[str, list[str]]]:
        """Each user's id and the ids of the messages of their conversation, one user at a time."""
        for user in self.app:
            if user.conversation is not None:
                yield user.user_id, [message.id for message in user.conversation.thread.messages]

    def receive_message(self, user_id: str, text: str) -> dict[str, Any]:
        """A message that a user (by either id) writes just now; it opens their conversation when there is none."""
        user = self.app.user(user_id)
        body = MessagePost(role="appUser", type="text", text=text)
        return self._store(user, self._open(user), body, _web(user))

    # -- what customers do, by either id; somebody unknown is a new user

    def customers(self) -> Iterator[Customer]:
        """Who may write, and where; first those who have."""
        for each in sorted(self.app, key=lambda user: user.conversation is None):
            yield Customer(each.user_id, each.name(self._settings.seed), each.id)

    def says(self, user: str, text: str) -> dict[str, Any]:
        """A user writes; answers the message as the API shows it."""
        return self.receive_message(self._someone(user).id, text)

    def reads(self, user: str) -> None:
        """A user reads their conversation, if there is one."""
        someone = self._someone(user)
        if someone.conversation is not None:
            self._mark_read(someone, someone.conversation, "appUser")

    def types(self, user: str, *, started: bool = True) -> None:
        """A user types, or stops."""
        self.changes.typing(self._someone(user), started=started)

    def presses(self, user: str, payload: str) -> None:
        """A user presses a button."""
        self.changes.postback(self._someone(user), payload)

    def sample(self, event: str) -> Change:
        """An event of that name, of one user. Raises `LookupError` where the API has none such."""
        return self.changes.sample(event, self._someone("user-1"))

    def _someone(self, name: str) -> AppUser:
        return self.app.find(name) or self.app.add(name)

    # -- operations

    def _get_messages(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self.app.user(parameters["userId"])
        conversation = _talking(user)
        stored = conversation.thread.messages
        start, stop = _page([message.at for message in stored], request.parameters())
        body: dict[str, Any] = {
            "conversation": _shown(conversation),
            "messages": [self._message(user, message) for message in stored[start:stop]],
        }
        url = f"http://{request.headers.get('host', 'localhost')}/{self.name}{request.path}"
        if start < stop < len(stored):
            body["next"] = f"{url}?after={_seconds(stored[stop - 1].at)}"
        if 0 < start < stop:
            body["previous"] = f"{url}?before={_seconds(stored[start].at)}"
        return Reply(200, body)

    def _post_message(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self.app.user(parameters["userId"])
        body = decode(request, MessagePost)
        checked(body.metadata)
        conversation = self._open(user)
        message = self._store(user, conversation, body, {"type": "api"})
        return Reply(201, {"message": message, "conversation": _shown(conversation)})

    def _post_image(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self.app.user(parameters["userId"])
        name, kind = file_in(request)
        role = parts(request).get("role")
        if role is None or role.content not in {b"appMaker", b"appUser"}:
            raise Refusal(400, "bad_request", "role must be appMaker or appUser")
        url = f"https://media.example.org/{user.id}/{quote(name)}"
        wrote: Literal["appMaker", "appUser"] = "appUser" if role.content == b"appUser" else "appMaker"
        body = MessagePost(role=wrote, type="image", media_url=url, media_type=kind, text=url)
        conversation = self._open(user)
        message = self._store(user, conversation, body, {"type": "api"})
        return Reply(201, {"message": message, "conversation": _shown(conversation)})

    def _upload(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(201, self._uploads.store(request, parameters))

    def _delete_messages(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = _talking(self.app.user(parameters["userId"]))
        conversation.thread.clear()
        conversation.unread = 0
        return Reply(200, {})

    def _delete_message(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = _talking(self.app.user(parameters["userId"]))
        if not conversation.thread.remove(parameters["messageId"]):
            raise Refusal(404, "message_not_found", "Message not found")
        conversation.unread = min(conversation.unread, len(conversation.thread))
        return Reply(200, {})

    def _post_activity(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self.app.user(parameters["userId"])
        conversation = _talking(user)
        body = decode(request, ConversationActivity)
        if body.type == "conversation:read":
            self._mark_read(user, conversation, body.role)
        else:
            self.changes.typing(user, started=body.type == "typing:start", ours=True)
        return Reply(200, {"conversation": _shown(conversation)})

    def _reset_unread_count(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self.app.user(parameters["userId"])
        self._mark_read(user, _talking(user), "appUser")
        return Reply(200, {})

    # -- what is stored, and how it is shown

    def _open(self, user: AppUser) -> Conversation:
        if user.conversation is None:
            key = hex_id(self._settings.seed, "smooch", "conversation", user.number)
            user.conversation = Conversation(key, Thread(self._settings, key))
            self.changes.started(user)
        return user.conversation

    def _store(self, user: AppUser, conversation: Conversation, body: MessagePost, source: dict[str, str]) -> dict[str, Any]:
        message = {**self._author(user, body.role, body.email or None), **rendered(body), "source": source}
        stored = conversation.thread.append(message)
        if body.role == "appMaker":
            conversation.unread += 1
            conversation.maker_read = stored.at
        else:
            conversation.unread = 0
            conversation.user_read = stored.at
        answered = _as_answered(stored, message)
        self.changes.stored(user, answered, stored.at, ours=body.role == "appMaker")
        return answered

    def _author(self, user: AppUser, role: str, email: str | None = None) -> dict[str, Any]:
        if role == "appUser":
            writer = person(self._settings.seed, user.number)
            name = user.name(self._settings.seed)
            return {"role": role, "authorId": user.id, "name": name, "avatarUrl": writer.avatar_url}
        author_id = hex_id(self._settings.seed, "smooch", "maker", email)[:20] if email else self._maker
        return {"role": role, "authorId": author_id, "name": "Sandbox Shop", "avatarUrl": _AVATAR}

    def _message(self, user: AppUser, stored: Stored) -> dict[str, Any]:
        if stored.body is not None:
            return _as_answered(stored, stored.body)
        content = seeded(self._settings.seed, user.number, stored.index, _KINDS)
        role = "appUser" if content.inbound else "appMaker"
        source = _web(user) if content.inbound else {"type": "api"}
        return _as_answered(stored, {**self._author(user, role), "text": "", **content.content, "source": source})

    def _mark_read(self, user: AppUser, conversation: Conversation, role: Literal["appMaker", "appUser"]) -> None:
        at = max(milliseconds(self._settings.clock()), conversation.thread.last)
        if role == "appMaker":
            conversation.maker_read = at
        else:
            conversation.user_read = at
            conversation.unread = 0
        self.changes.read(user, ours=role == "appMaker")


def _page(times: list[int], query: dict[str, str]) -> tuple[int, int]:
    """Start and stop of the messages a query selects: strictly before or after its bound, else the newest ones."""
    before, after = query.get("before"), query.get("after")
    if before is not None and after is not None:
        raise Refusal(400, "bad_request", "before and after exclude each other")
    if after is not None:
        start = bisect.bisect_right(times, _bound(after))
        return start, min(start + _PAGE, len(times))
    stop = len(times) if before is None else bisect.bisect_left(times, _bound(before))
    return max(0, stop - _PAGE), stop


def _bound(value: str) -> Decimal:
    """Exact milliseconds of a timestamp in seconds: a float would move the bound."""
    if not _TIMESTAMP.fullmatch(value):
        raise Refusal(400, "bad_request", "before and after are Unix timestamps in seconds")
    return Decimal(value) * 1000


def _web(user: AppUser) -> dict[str, str]:
    return {"type": "web", "id": user.device}


def _seconds(at: int) -> str:
    return f"{at // 1000}.{at % 1000:03d}"


def _talking(user: AppUser) -> Conversation:
    if user.conversation is None:
        raise Refusal(404, "conversation_not_found", "Conversation not found")
    return user.conversation


def _shown(conversation: Conversation) -> dict[str, Any]:
    shown: dict[str, Any] = {"_id": conversation.id, "unreadCount": conversation.unread}
    if conversation.maker_read is not None:
        shown["appMakerLastRead"] = conversation.maker_read / 1000
    if conversation.user_read is not None:
        shown["appUserLastRead"] = conversation.user_read / 1000
    return shown


def _as_answered(stored: Stored, message: dict[str, Any]) -> dict[str, Any]:
    return {"_id": stored.id, "received": stored.at / 1000, **message}


def _error(status: int, code: str, description: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, {"error": {"code": code, "description": description}}, headers or {})
