"""SMS.CX, emulated: conversations in one list, replies by SMS, Viber and WhatsApp, access tokens."""

from __future__ import annotations

import base64
import dataclasses
import math
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import msgspec

from aioconvo.sandbox.changes import Change, Customer
from aioconvo.sandbox.clock import Clock
from aioconvo.sandbox.data import number, uuid_id
from aioconvo.sandbox.exchange import FORM, Refusal, Reply, Request, Route
from aioconvo.sandbox.generic.examples import Form
from aioconvo.sandbox.generic.routes import Generic
from aioconvo.sandbox.quota import QuotaForm

from .data import CHANNELS, COSTS, Conversation, Message, stamp, text_analysis
from .events import SENDER
from .groups import Groups
from .originators import Originators
from .otp import Otp
from .refusals import Refused, decoded, general, refusal
from .sms import Multichannel, Sms, Viber, Whatsapp
from .telling import Telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aioconvo.sandbox.exchange import Settings

API_KEY: Final = "sandbox-key"
APPLICATION_ID: Final = "sandbox-app"
APPLICATION_SECRET: Final = "sandbox-secret"  # noqa: S105 - the sandbox's published credential

_TOKEN_LIFE_S: Final = 86_400
_MAX_CHAT_TEXT: Final = 1000

_KINDS: Final = {404: "not_found", 409: "duplicate_value"}
_OUTSIDE_WINDOW: Final = {"viber": (1181, "Viber"), "whatsapp": (1182, "Whatsapp")}


class _Reply(msgspec.Struct, rename="camel"):
    text: str
    rich_media: dict[str, Any] = {}


class SmscxSandbox:
    """The SMS.CX API over its own state; bodies and headers as the provider sends them."""

    name: Final = "smscx"
    credentials: Final = MappingProxyType({"api_key": API_KEY})
    quota: Final = QuotaForm(
        "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", moment=True, reset_always=False
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.changes = Telling(settings)
        self._clock = Clock(settings)
        self._conversations = [Conversation(settings, index) for index in range(settings.conversations)]
        self._by_id = {conversation.id: conversation for conversation in self._conversations}
        self._by_phone = {conversation.phone: conversation for conversation in self._conversations}
        self._tokens: set[str] = set()
        self._served = 0
        self._made = 0
        self._groups = Groups(settings, self._clock, self._conversations)
        self._sends = [kind(settings, self._clock, self.changes, self._groups) for kind in (Sms, Viber, Whatsapp, Multichannel)]
        self._otp = Otp(settings, self._clock)
        self.routes = (
            Route("POST", "/oauth/token", "get_access_token", self._get_access_token, FORM),
            Route("GET", "/conversations", "get_converstions_list", self._list),
            Route("GET", "/conversations/{conversationId}", "get_conversation", self._get),
            Route("GET", "/conversations/{conversationId}/read", "mark_conversation_as_read", self._mark_read),
            Route("POST", "/conversations/{conversationId}/sms", "send_conversation_reply_sms", self._reply_sms),
            Route("POST", "/conversations/{conversationId}/viber", "send_conversation_reply_viber", self._reply_viber),
            Route(
                "POST",
                "/conversations/{conversationId}/whatsapp",
                "send_conversation_reply_whatsapp",
                self._reply_whatsapp,
            ),
            *self._groups.routes,
            *Originators(settings, self._clock).routes,
            *self._otp.routes,
            *(route for one in self._sends for route in one.routes),
        )
        self.table = Generic(self.name, settings, self.credentials, Form(stamp, uuid_id)).table(self.routes)

    def answer(self, request: Request) -> Reply:
        """Answer one request; every answer carries a request id."""
        try:
            answer = self._dispatch(request)
        except Refused as refused:
            answer = refused.answer
        except Refusal as refused:
            answer = refusal(refused.status, _KINDS.get(refused.status, "invalid_param"), refused.reason, 0)
        return self._with_standard_headers(answer)

    def error(self, status: int, headers: Mapping[str, str]) -> Reply:
        """An error of the API's own; 429 has the unix time of its end in X-Rate-Limit-Reset instead of Retry-After."""
        extra = dict(headers)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            wait = float(extra.pop("Retry-After", "1"))
            extra["X-Rate-Limit-Reset"] = str(math.ceil(self._settings.clock().timestamp() + wait))
        return self._with_standard_headers(Reply(status, general(status).body, extra))

    def state(self) -> dict[str, Any]:
        """Counts and ids, conversations with the newest reply first; how many access tokens were issued."""
        ids = dict(self.message_ids())
        return {
            "conversations": len(ids),
            "messages": sum(map(len, ids.values())),
            "ids": ids,
            "tokens": len(self._tokens),
            **{one.path: len(one.sent) for one in self._sends},
            "pins": dict(self._otp.pins),
        }

    def message_ids(self) -> Iterator[tuple[str, list[str]]]:
        """Each conversation's id and its messages' ids, one conversation at a time."""
        for item in self._newest_first():
            yield item.id, [message.id for message in item.messages()]

    def receive_message(self, conversation_id: str, text: str) -> dict[str, Any]:
        """A message that the contact writes just now; answers it as the API shows it."""
        conversation = self._by_id[conversation_id]
        last = conversation.last()
        channel = last.channel if last else CHANNELS[0]
        return self._store(conversation, text, {}, channel, received=True).to_json()

    # -- what contacts do, by phone or conversation id; a phone that is not known is a new contact

    def customers(self) -> Iterator[Customer]:
        """Who may write, and where."""
        for each in self._conversations:
            yield Customer(each.phone, f"{each.first_name or ''} {each.last_name}".strip(), each.id)

    def says(self, user: str, text: str) -> dict[str, Any]:
        """A contact writes; answers the message as the API shows it."""
        return self.receive_message(self._talk(user).id, text)

    def reads(self, user: str) -> None:
        """Nothing: the API does not tell of it."""

    def types(self, user: str, *, started: bool = True) -> None:
        """Nothing: the API does not tell of it."""

    def presses(self, user: str, payload: str) -> None:
        """Nothing: the API has no buttons."""

    def sample(self, event: str) -> Change:
        """An event of that name, of one contact. Raises `LookupError` where the API has none such."""
        return self.changes.sample(event, self._talk(self._conversations[0].phone if self._conversations else "+447700900001"))

    def _talk(self, user: str) -> Conversation:
        found = self._by_phone.get(user) or self._by_id.get(user)
        if found is None:
            found = Conversation(dataclasses.replace(self._settings, messages=0), len(self._conversations))
            found.phone = user
            self._conversations.append(found)
            self._by_id[found.id] = self._by_phone[user] = found
        return found

    def revoke_tokens(self) -> None:
        """Refuse every access token issued so far."""
        self._tokens.clear()

    def _with_standard_headers(self, answer: Reply) -> Reply:
        self._served += 1
        standard = {"X-Request-Id": uuid_id(self._settings.seed, "smscx request", self._served)}
        return Reply(answer.status, answer.body, {**standard, **answer.headers}, answer.content_type)

    def _dispatch(self, request: Request) -> Reply:
        match self.table.find(request.method, request.path):
            case (Route() as route, dict() as parameters):
                if route.operation != "get_access_token" and not self._authorized(request.headers):
                    raise Refused(general(401))
                for one in self._sends:
                    one.release()
                return route.handler(request, parameters)
            case allowed:
                return general(405 if allowed else 404)

    def _authorized(self, headers: Mapping[str, str]) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        return headers.get("x-api-key") == API_KEY or (scheme.lower() == "bearer" and token in self._tokens)

    def _newest_first(self) -> list[Conversation]:
        return sorted(self._conversations, key=lambda conversation: conversation.last_received, reverse=True)

    def _conversation(self, parameters: Mapping[str, str]) -> Conversation:
        conversation = self._by_id.get(parameters["conversationId"])
        if conversation is None:
            raise Refused(refusal(404, "not_found", "Conversation ID not found", 1180))
        return conversation

    def _get_access_token(self, request: Request, _: Mapping[str, str]) -> Reply:
        if _basic_credentials(request.headers) != (APPLICATION_ID, APPLICATION_SECRET):
            return refusal(401, "invalid_client", "Invalid client", 1600)
        form = parse_qs(request.body.decode("utf-8", "replace"))
        grant_type = form.get("grant_type", [""])[0]
        if not grant_type:
            return refusal(400, "invalid_request", "The request lacks the parameter grant_type", 1600)
        if grant_type != "client_credentials":
            return refusal(400, "unsupported_grant_type", "Only client_credentials is supported", 1600)
        scope = form.get("scope", [""])[0]
        if not all(word.isidentifier() and word.islower() for word in scope.split()):
            return refusal(400, "invalid_scope", "The requested scope is unknown or malformed", 1600)
        self._made += 1
        token = f"{number(self._settings.seed, 'smscx token', self._made):032x}"
        self._tokens.add(token)
        body = {"access_token": token, "expires_in": _TOKEN_LIFE_S, "token_type": "Bearer", "scope": scope}
        return Reply(200, body, {"Cache-Control": "no-store"})

    def _list(self, _request: Request, _: Mapping[str, str]) -> Reply:
        return Reply(200, {"data": [conversation.summary() for conversation in self._newest_first()]})

    def _get(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, self._conversation(parameters).detail())

    def _mark_read(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._conversation(parameters)
        conversation.unread = 0
        return Reply(200, {"info": {"id": conversation.id}})

    def _reply_sms(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._conversation(parameters)
        text = _reply_in(request).text
        analysis = text_analysis(text)
        parts = analysis["parts"]
        message = self._store(conversation, text, {}, "sms", COSTS["sms"] * parts)
        data = {
            **_send(conversation, message),
            "status": message.status,
            "parts": parts,
            "textAnalysis": analysis,
        }
        return Reply(200, {"info": self._campaign(message, parts), "data": data})

    def _reply_viber(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        return self._reply_chat(request, parameters, "viber")

    def _reply_whatsapp(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        return self._reply_chat(request, parameters, "whatsapp")

    def _reply_chat(self, request: Request, parameters: Mapping[str, str], channel: str) -> Reply:
        conversation = self._conversation(parameters)
        reply = _reply_in(request)
        if len(reply.text) > _MAX_CHAT_TEXT:
            return refusal(400, "invalid_param", "Text message too long (max 1000 characters)", 1811)
        if not conversation.window_open():
            code, label = _OUTSIDE_WINDOW[channel]
            reason = f"Cannot reply with channel {label}. More than 24 hours since user reply"
            return refusal(403, "access_denied", reason, code)
        message = self._store(conversation, reply.text, reply.rich_media, channel, COSTS[channel])
        data = {
            **_send(conversation, message),
            "status": "ACCEPTED",
            "statusCode": 1,
            "errorCode": None,
            "inQuietHours": False,
            "parts": 1,
        }
        return Reply(200, {"info": self._campaign(message, 1), "data": data})

    def _store(
        self,
        conversation: Conversation,
        text: str,
        rich_media: dict[str, Any],
        channel: str,
        cost: float = 0.0,
        *,
        received: bool = False,
    ) -> Message:
        self._made += 1
        message = Message(
            id=uuid_id(self._settings.seed, "smscx written", self._made),
            received=received,
            text=text,
            rich_media=rich_media,
            status="DELIVERED" if received else "SENT",
            channel=channel,
            cost=cost,
            at=self._clock.tick(),
        )
        conversation.add(message)
        self.changes.stored(conversation, message)
        return message

    def _campaign(self, message: Message, parts: int) -> dict[str, Any]:
        return {
            "campaignId": uuid_id(self._settings.seed, "smscx campaign", message.id),
            "totalPhoneNumbers": 1,
            "totalValid": 1,
            "totalInvalid": 0,
            "totalCost": message.cost,
            "totalParts": parts,
            "dlrCallbackUrl": None,
            "scheduled": False,
        }


def _send(conversation: Conversation, message: Message) -> dict[str, Any]:
    return {
        "msgId": message.id,
        "createdAt": stamp(message.at),
        "cost": message.cost,
        "to": conversation.phone,
        "countryIso": conversation.country,
        "from": SENDER,
        "text": message.text,
    }


def _reply_in(request: Request) -> _Reply:
    # A missing or null text is the parameter's fault, code 1801 as for an empty one.
    reply = decoded(request, _Reply, "Text message is missing or not valid", 1801)
    if not reply.text.strip():
        raise Refused(refusal(400, "invalid_param", "Text message cannot be empty", 1801))
    return reply


def _basic_credentials(headers: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return user, password
