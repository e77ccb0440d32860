"""UltraCart, emulated: conversations behind offsets, messages since a time, joining and leaving, chat queues, OAuth."""

from __future__ import annotations

import bisect
import datetime as dt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from urllib.parse import parse_qs

import msgspec

from aioconvo.sandbox.changes import Change, Customer, Kind, Watched
from aioconvo.sandbox.clock import Clock
from aioconvo.sandbox.data import milliseconds, number, uuid_id
from aioconvo.sandbox.exchange import FORM, Refusal, Reply, Request, Route
from aioconvo.sandbox.generic.examples import Form
from aioconvo.sandbox.generic.routes import Generic
from aioconvo.sandbox.quota import QuotaForm

from .agent_socket import PATH, AgentSocket
from .data import AGENT, MERCHANT, Conversation, Message, Queue, dts, named, seeded
from .search import Search, matching
from .uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aioconvo.sandbox.exchange import Settings

    from .data import Who

SIMPLE_KEY: Final = "sandbox-key"
CLIENT_ID: Final = "sandbox-client"
REFRESH_TOKEN: Final = "sandbox-refresh"  # noqa: S105 - published, opens nothing but the sandbox

_DEFAULT_LIMIT: Final = 100
_MAX_LIMIT: Final = 200
_TOKEN_LIFE_S: Final = 3600
_REASONS: Final = {
    401: "invalid credentials supplied",
    404: "the object does not exist",
    405: "the method is not allowed for this path",
    410: "your application has been disabled",
    415: "the content type of the body is not supported",
    429: "you have exceeded the allowed API call rate limit for your application",
    500: "an internal error occurred, please try again",
}
_BASE: Final = "/conversation/conversations"

B = TypeVar("B")


class _Start(msgspec.Struct):
    add_conversation_participant_arns: tuple[str, ...] | None = None
    conversation_arn: str | None = None
    conversation_webchat_queue_uuid: str | None = None
    resolve_only: bool | None = None


class _Join(msgspec.Struct):
    participant_language_iso_code: str | None = None


class _QueueStatus(msgspec.Struct):
    agent_status: Literal["available", "busy", "unavailable"] | None = None
    custom_status_name: str | None = None
    custom_status_uuid: str | None = None


class UltraCartSandbox:
    """The UltraCart conversation API over its own state; the key belongs to one agent, `AGENT`."""

    name: Final = "ultracart"
    credentials: Final = MappingProxyType({"simple_key": SIMPLE_KEY})
    quota: Final = QuotaForm("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", moment=False)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.changes = Watched()
        self._clock = Clock(settings)
        self._conversations = [seeded(settings, place) for place in range(1, settings.conversations + 1)]
        self._by_uuid = {conversation.uuid: conversation for conversation in self._conversations}
        self._by_customer: dict[str, Conversation] = {}  # by email and ARN
        for conversation in self._conversations:
            self._index(conversation)
        self._order: list[Conversation] | None = None
        self._queues = {name: Queue(settings, name) for name in ("Support", "Sales")}
        self._tokens: set[str] = set()
        self._made = 0
        self._uploads = Uploads(settings.seed)
        self.socket = AgentSocket(self, self._by_uuid, lambda: settings.clock().timestamp())
        self.changes.watch(self.socket.changed)
        self.routes = self._make_routes()
        self.table = Generic(self.name, settings, self.credentials, Form(dts, uuid_id)).table(self.routes)

    def answer(self, request: Request) -> Reply:
        """Answer one request, also to the storage, which knows no credentials."""
        if (stored := self._uploads.take(request)) is not None:
            return stored
        try:
            match self.table.find(request.method, request.path):
                case (Route() as route, dict() as parameters):
                    if route.operation != "oauth_access_token" and not self._authorized(request.headers):
                        return _error(401)
                    return route.handler(request, parameters)
                case []:
                    return _error(404, "no such path")
                case _:
                    return _error(405)
        except Refusal as refusal:
            return _error(refusal.status, refusal.reason, refusal.code)

    def error(self, status: int, headers: Mapping[str, str]) -> Reply:
        """An error of the API's own."""
        answer = _error(status)
        return Reply(status, answer.body, {**answer.headers, **headers})

    def state(self) -> dict[str, Any]:
        """Counts and ids, conversations newest message first."""
        ids = dict(self.message_ids())
        return {
            "conversations": len(ids),
            "messages": sum(map(len, ids.values())),
            "ids": ids,
            "queues": {name: queue.statuses[AGENT] for name, queue in self._queues.items()},
            "tokens": len(self._tokens),
            "uploads": dict(self._uploads.sizes),
        }

    def message_ids(self) -> Iterator[tuple[str, list[str]]]:
        """Each conversation's id and its messages' ids, one conversation at a time."""
        for conversation in self._newest_first():
            yield conversation.uuid, [message.id for message in conversation.messages()]

    def receive_message(self, conversation_id: str, text: str) -> dict[str, Any]:
        """A message that the customer writes just now; answers it as the API shows it."""
        conversation = self._by_uuid[conversation_id]
        conversation.unread = True
        for part in conversation.participants.values():
            part.unread += part.who != conversation.customer
        return self._write(conversation, conversation.customer, text).to_json()

    def receive_conversation(self, text: str = "Hello?", *, medium: str = "websocket") -> str:
        """A customer who writes for the first time, at the front of the list; answers the conversation's UUID."""
        conversation = self._open(medium)
        conversation.join(conversation.customer, conversation.began)
        self.socket.tell("new conversation", conversation, event_new_conversation=conversation.summary())
        self.receive_message(conversation.uuid, text)
        return conversation.uuid

    def wait_in_queue(self, name: str = "Support") -> None:
        """Tell the agents who are connected of the customer who waits in a queue."""
        (waits,) = self._queues[name].to_json()["queue_entries"]
        self.socket.tell("queue new member", event_queue_new_member=waits)

    # -- what agents do over their socket

    def write_as_agent(self, conversation_uuid: str, text: str, client_message_id: str) -> None:
        """The key's agent writes."""
        self._write(self._by_uuid[conversation_uuid], AGENT, text, client_message_id)

    def type_as_agent(self, conversation_uuid: str, *, started: bool) -> None:
        """The key's agent types, or stops."""
        self._tell(self._by_uuid[conversation_uuid], Kind.TYPING, self._clock.tick(), ours=True, started=started)

    # -- what customers do, by email, ARN or conversation UUID; somebody unknown begins a web chat

    def customers(self) -> Iterator[Customer]:
        """Who may write, and where."""
        for each in self._conversations:
            yield Customer(each.customer.email, each.customer.name, each.uuid)

    def says(self, user: str, text: str) -> dict[str, Any]:
        """A customer writes; answers the message as the API shows it."""
        return self.receive_message(self._talk(user).uuid, text)

    def reads(self, user: str) -> None:
        """A customer reads what was written to them."""
        self._tell(self._talk(user), Kind.READ, self._clock.tick())

    def types(self, user: str, *, started: bool = True) -> None:
        """A customer types, or stops."""
        self._tell(self._talk(user), Kind.TYPING, self._clock.tick(), started=started)

    def presses(self, user: str, payload: str) -> None:
        """Nothing: the API has no buttons."""

    def sample(self, event: str) -> Change:
        """Nothing is called back. Raises `LookupError`."""
        raise LookupError(event)

    def _talk(self, user: str) -> Conversation:
        known = self._by_customer.get(user) or self._by_uuid.get(user)
        if known is not None:
            return known
        conversation = self._open("websocket")
        conversation.customer = conversation.customer._replace(name=user, email=user)
        self._index(conversation)
        conversation.join(conversation.customer, conversation.began)
        self.socket.tell("new conversation", conversation, event_new_conversation=conversation.summary())
        return conversation

    def _index(self, conversation: Conversation) -> None:
        for identity in (conversation.customer.email, conversation.customer.arn):
            self._by_customer.setdefault(identity, conversation)

    def _tell(self, conversation: Conversation, kind: Kind, at: int, **more: Any) -> None:
        self.changes.tell(Change(provider=self.name, kind=kind, at=at, conversation=conversation.uuid, **more))

    def revoke_tokens(self) -> None:
        """Refuse every access token issued so far."""
        self._tokens.clear()

    def _make_routes(self) -> Sequence[Route]:
        one = f"{_BASE}/{{conversation_uuid}}"
        queues = f"{_BASE}/queues"
        return (
            Route("POST", "/oauth/token", "oauth_access_token", self._access_token, FORM),
            Route("PUT", "/conversation/agent/auth", "get_agent_websocket_authorization", self._authorize_agent),
            Route("GET", "/conversation/agent/keepalive", "get_agent_keep_alive", self._keep_alive),
            Route("GET", _BASE, "get_conversations", self._list),
            Route("PUT", _BASE, "start_conversation", self._start),
            Route("POST", f"{_BASE}/search", "get_conversations_search", self._search),
            Route("GET", f"{queues}/statuses", "get_conversation_webchat_queue_statuses", self._queue_statuses),
            Route("PUT", f"{queues}/{{queue_name}}/status", "update_conversation_webchat_queue_status", self._update_queue),
            Route("GET", one, "get_conversation", self._get),
            Route("PUT", f"{one}/join", "join_conversation", self._join),
            Route("DELETE", f"{one}/leave", "leave_conversation", self._leave),
            Route("PUT", f"{one}/markread", "mark_read_conversation", self._mark_read),
            Route("GET", f"{one}/messages/{{since}}", "get_conversation_messages", self._messages),
            *self._uploads.routes,
        )

    def _authorized(self, headers: Mapping[str, str]) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        simple_key = headers.get("x-ultracart-simple-key")
        return simple_key == SIMPLE_KEY or (scheme.lower() == "bearer" and token in self._tokens)

    def _newest_first(self) -> list[Conversation]:
        if self._order is None:
            self._order = sorted(self._conversations, key=lambda each: (each.last_at(), each.place), reverse=True)
        return self._order

    def _write(self, conversation: Conversation, author: Who, text: str, client_id: str = "") -> Message:
        self._made += 1
        uuid = uuid_id(self._settings.seed, "ultracart written", self._made)
        message = Message(uuid, author, text, "message", "", self._clock.tick(), client_id)
        conversation.add(message)
        self._order = None
        ours = author != conversation.customer
        self._tell(conversation, Kind.MESSAGE, message.at, ours=ours, message_id=uuid, text=text)
        return message

    def _open(self, medium: str) -> Conversation:
        place = len(self._conversations) + 1
        conversation = Conversation(self._settings, place, began=self._clock.tick(), medium=medium)
        self._conversations.append(conversation)
        self._by_uuid[conversation.uuid] = conversation
        self._order = None
        return conversation

    def _conversation(self, parameters: Mapping[str, str]) -> Conversation:
        uuid = parameters["conversation_uuid"]
        conversation = self._by_uuid.get(uuid)
        if conversation is None:
            raise Refusal(404, uuid, "Server side object 'conversation' could not be found. It does not exist.")
        return conversation

    def _access_token(self, request: Request, _: Mapping[str, str]) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "refresh_token":
            return _oauth_error(400, "unsupported_grant_type", "The sandbox grants refresh_token only")
        if form.get("client_id") != CLIENT_ID:
            return _oauth_error(401, "invalid_client", "No application has this client_id")
        if form.get("refresh_token") != REFRESH_TOKEN:
            return _oauth_error(400, "invalid_grant", "The refresh token is not valid")
        self._made += 1
        token = f"{number(self._settings.seed, 'ultracart token', self._made):032x}"
        self._tokens.add(token)
        body = {
            "access_token": token,
            "refresh_token": REFRESH_TOKEN,
            "expires_in": str(_TOKEN_LIFE_S),
            "token_type": "bearer",
            "scope": "conversation_read conversation_write",
            "merchant_id": MERCHANT,
        }
        return Reply(200, body, {"Cache-Control": "no-store"})

    def _keep_alive(self, _request: Request, _parameters: Mapping[str, str]) -> Reply:
        return Reply(204)

    def _authorize_agent(self, request: Request, _: Mapping[str, str]) -> Reply:
        agent = {
            "chat_admin": False,
            "chat_user": True,
            "conversation_participant_arn": AGENT.arn,
            "conversation_participant_name": AGENT.name,
            "customer_profile": True,
            "default_phone_number": "+447700900000",
            "group_ids": [1],
            "jwt": self.socket.token(),
            "merchant_id": MERCHANT,
            "merchants": [{"company": "Sandbox Shop", "is_parent": True, "merchant_id": MERCHANT}],
            "parent_merchant_id": MERCHANT,
            "pbx_admin": False,
            "pbx_jwt": "",
            "pbx_supervisor": False,
            "pbx_user": False,
            "pbx_voice_identity": "",
            "pbx_voice_token": "",
            "pbx_worker_token": "",
            "pbx_worker_token_v2": "",
            "twilio_accounts": [{"merchant_id": MERCHANT, "twilio_phone_numbers": ["+447700900000"]}],
            "user_id": 1,
            "websocket_url": f"ws://{request.headers.get('host', '127.0.0.1')}/{self.name}{PATH}",
        }
        return _envelope("agent_auth", agent)

    def _list(self, request: Request, _: Mapping[str, str]) -> Reply:
        query = request.parameters()
        limit, offset = _limit_in(query, "_limit"), _whole(query, "_offset", 0)
        found = self._newest_first()
        if "medium" in query:
            if query["medium"] not in {"sms", "websocket"}:
                raise Refusal(400, "medium", "medium is sms or websocket")
            found = [conversation for conversation in found if conversation.medium == query["medium"]]
        if "before" in query:
            bound = _moment(query["before"])
            found = [conversation for conversation in found if conversation.last_at() < bound]
        page = [conversation.summary() for conversation in found[offset : offset + limit]]
        return _envelope("conversations", page, _result_set(len(page), limit, offset, len(found)))

    def _start(self, request: Request, _: Mapping[str, str]) -> Reply:
        start = _body_in(request, _Start)
        arns = start.add_conversation_participant_arns or ()
        known = self._resolve(start.conversation_arn, arns, resolve_only=start.resolve_only is True)
        if known is None and start.resolve_only:
            raise Refusal(404, start.conversation_arn or "", "no conversation resolves from this request")
        conversation = known or self._open("sms" if any("sms" in arn for arn in arns) else "websocket")
        if not start.resolve_only:
            for who in (AGENT, *map(named, arns)):
                conversation.join(who, self._clock.tick())
        return _envelope("conversation", conversation.detail(conversation.messages()))

    def _resolve(self, arn: str | None, arns: Sequence[str], *, resolve_only: bool) -> Conversation | None:
        """The conversation with that ARN; to resolve only, also the newest one of all these participants."""
        if arn:
            found = self._by_uuid.get(arn.rpartition(":")[2])
            if found is None:
                raise Refusal(404, arn, "Server side object 'conversation' could not be found. It does not exist.")
            return found
        if resolve_only and arns:
            return next((each for each in self._newest_first() if each.participants.keys() >= set(arns)), None)
        return None

    def _search(self, request: Request, _: Mapping[str, str]) -> Reply:
        search = _body_in(request, Search)
        try:
            found = matching(self._newest_first(), search)
        except ValueError as error:
            raise Refusal(400, "", str(error)) from error
        begin = search.range_begin or 0
        end = begin + _DEFAULT_LIMIT if search.range_end is None else search.range_end
        if not 0 <= begin <= end:
            raise Refusal(400, "", "range_begin is 0 or more, range_end no less")
        records = [conversation.summary() for conversation in found[begin:end]]
        body = {"range_begin": begin, "range_end": begin + len(records), "records": records, "total": len(found)}
        return Reply(200, {**body, "success": True})

    def _queue_statuses(self, _request: Request, _: Mapping[str, str]) -> Reply:
        queues = [queue.to_json() for queue in self._queues.values()]
        return _envelope("queue_statuses", queues, _result_set(len(queues), len(queues), 0, len(queues)))

    def _update_queue(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        queue = self._queues.get(parameters["queue_name"])
        if queue is None:
            raise Refusal(404, parameters["queue_name"], "Server side object 'queue' does not exist.")
        update = _body_in(request, _QueueStatus)
        if update.agent_status is None:
            raise Refusal(400, "", "agent_status is required")
        queue.statuses[AGENT] = update.agent_status
        custom = {"custom_status_name": update.custom_status_name, "custom_status_uuid": update.custom_status_uuid}
        queue.custom = {name: value for name, value in custom.items() if value is not None}
        self.socket.tell("queue status update", event_queue_status_update=queue.to_json())
        return Reply(204)

    def _get(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._conversation(parameters)
        query = request.parameters()
        # Without a limit all messages come; with one, the newest.
        begin = max(0, len(conversation.times()) - _whole(query, "limit", 0)) if "limit" in query else 0
        return _envelope("conversation", conversation.detail(conversation.messages(begin)))

    def _join(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._conversation(parameters)
        language = _body_in(request, _Join).participant_language_iso_code if request.body.strip() else None
        conversation.join(AGENT, self._clock.tick(), language or "en")
        self.socket.tell_joined(conversation, AGENT, self._settings.seed)
        return Reply(204)

    def _leave(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._conversation(parameters)
        part = conversation.participants.get(AGENT.arn)
        if part is not None and part.left is None:
            part.left = self._clock.tick()
            self.socket.tell_joined(conversation, AGENT, self._settings.seed, left=True)
        return Reply(204)

    def _mark_read(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._conversation(parameters)
        conversation.unread = False
        if AGENT.arn in conversation.participants:
            conversation.participants[AGENT.arn].unread = 0
        self._tell(conversation, Kind.READ, self._clock.tick(), ours=True)
        return Reply(204)

    def _messages(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._conversation(parameters)
        since, limit = _whole(parameters, "since", 0), _limit_in(request.parameters(), "limit")
        begin = bisect.bisect_left(conversation.times(), since)
        page = [message.to_json() for message in conversation.messages(begin, begin + limit)]
        total = len(conversation.times()) - begin
        return _envelope("conversation_messages", page, _result_set(len(page), limit, 0, total))


def _whole(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 - digits of 64 bits
        raise Refusal(400, name, f"{name} is a whole number")
    return int(text)


def _limit_in(query: Mapping[str, str], name: str) -> int:
    limit = _whole(query, name, _DEFAULT_LIMIT)
    if not 1 <= limit <= _MAX_LIMIT:
        raise Refusal(400, name, f"{name} is 1 to {_MAX_LIMIT}")
    return limit


def _moment(text: str) -> int:
    """Milliseconds of a `before`, whose format nobody publishes: a number of them, or an ISO 8601 time."""
    if text.isascii() and text.isdigit():
        return int(text[:18])
    try:
        when = dt.datetime.fromisoformat(text)
        return milliseconds(when if when.tzinfo else when.replace(tzinfo=dt.UTC))
    except (ValueError, OverflowError) as error:
        raise Refusal(400, "before", "before is a time") from error


def _body_in(request: Request, kind: type[B]) -> B:
    try:
        return msgspec.json.decode(request.body, type=kind)
    except msgspec.ValidationError as error:
        raise Refusal(400, "", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "", "the body is not valid JSON") from error


def _result_set(count: int, limit: int, offset: int, total: int) -> dict[str, Any]:
    return {
        "count": count,
        "limit": limit,
        "more": offset + count < total,
        "next_offset": offset + count,
        "offset": offset,
        "total_records": total,
    }


def _envelope(name: str, payload: Any, result_set: dict[str, Any] | None = None) -> Reply:
    metadata: dict[str, Any] = {"payload_name": name}
    if result_set is not None:
        metadata["result_set"] = result_set
    return Reply(200, {name: payload, "metadata": metadata, "success": True})


def _error(status: int, reason: str = "", object_id: str = "") -> Reply:
    message = f"Status Code {status}: {reason or _REASONS.get(status, _REASONS[500])}"
    error = {
        "developer_message": message,
        "error_code": str(status),
        "more_info": "",
        "object_id": object_id,
        "user_message": message,
    }
    return Reply(status, {"error": error, "metadata": {}, "success": False}, {"UC-REST-ERROR": message})


def _oauth_error(status: int, error: str, description: str) -> Reply:
    return Reply(status, {"error": error, "error_description": description}, {"UC-REST-ERROR": description})
