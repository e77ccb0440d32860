"""The members of Smooch's webhooks, for every trigger that its documents or its SDK name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from aioconvo.sandbox.data import hex_id, iso, person

__all__ = [
    "EVENTS",
    "Scene",
    "client_changed",
    "deleted",
    "delivered",
    "failed",
    "linked",
    "merged",
    "messages",
    "postbacks",
    "read",
    "started",
    "typing",
]

JSON = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where something happens: `number` is the user's, `at` milliseconds since 1970."""

    seed: int
    at: int
    user_id: str
    own_id: str
    number: int
    device: str
    conversation_id: str = ""
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    linked: Sequence[JSON] = ()
    pending: Sequence[JSON] = ()

    @property
    def app_user(self) -> JSON:
        """The whole user; what a webhook was not registered for is left out later."""
        someone = person(self.seed, self.number)
        whole: JSON = {
            "_id": self.user_id,
            "userId": self.own_id,
            "conversationStarted": bool(self.conversation_id),
            "signedUpAt": iso(self.at - 86_400_000),
            "givenName": someone.first_name,
            "surname": someone.last_name,
            "email": someone.email,
            "clients": [self.client, *self.linked],
            "pendingClients": [*self.pending],
            "properties": {},
        }
        return {member: value for member, value in (whole | {**self.details}).items() if value is not None}

    @property
    def client(self) -> JSON:
        """The web messenger that the user writes with."""
        return {
            "_id": self.device,
            "id": self.device,
            "platform": "web",
            "active": True,
            "status": "active",
            "lastSeen": iso(self.at),
            "primary": True,
        }

    @property
    def source(self) -> JSON:
        """Where what the user does comes from."""
        return {"type": "web", "id": self.device}


def _around(scene: Scene, *, timed: bool = True, **members: Any) -> JSON:
    """A trigger's members with the user, the conversation and the client that it is about."""
    talk = {"conversation": {"_id": scene.conversation_id}} if scene.conversation_id else {}
    time = {"timestamp": scene.at / 1000} if timed else {}
    return {"appUser": scene.app_user, **talk, "client": scene.client, **members, **time}


def messages(scene: Scene, shown: Sequence[Mapping[str, Any]]) -> JSON:
    """Messages, as the API shows them."""
    return _around(scene, timed=False, messages=[dict(each) for each in shown])


def started(scene: Scene) -> JSON:
    """The user's first conversation began."""
    return _around(scene, source=scene.source)


def read(scene: Scene) -> JSON:
    """The user read the conversation."""
    return _around(scene, source=scene.source)


def typing(scene: Scene, *, begun: bool) -> JSON:
    """The user types, or stopped; only channels that report it do."""
    activity = {"type": "typing:start" if begun else "typing:stop", "role": "appUser"}
    return _around(scene, activity=activity, source=scene.source)


def postbacks(scene: Scene, payload: str, text: str = "") -> JSON:
    """The user pressed a button. It has no timestamp: a second press is the same body."""
    action = {"_id": hex_id(scene.seed, "action", payload), "type": "postback", "text": text or payload, "payload": payload}
    return _around(scene, timed=False, postbacks=[{"action": action}])


def delivered(scene: Scene, message_id: str, *, final: bool) -> JSON:
    """A message reached its channel, or (`final`) the user."""
    external = [{"id": f"ext-{message_id}"}]
    return _around(
        scene,
        message={"_id": message_id},
        destination={"type": "web"},
        externalMessages=external,
        isFinalEvent=final,
    )


def failed(scene: Scene, message_id: str) -> JSON:
    """A message did not arrive."""
    error = {"code": "unauthorized", "message": "The channel refused the message", "underlyingError": {"status": 401}}
    return {**delivered(scene, message_id, final=True), "error": error}


def _message(scene: Scene, role: str) -> JSON:
    message = {
        "_id": hex_id(scene.seed, "sample message", role, scene.at),
        "type": "text",
        "text": "Hello, where is my order?",
        "role": role,
        "authorId": scene.user_id,
        "name": person(scene.seed, scene.number).name,
        "received": scene.at / 1000,
        "source": scene.source,
    }
    return messages(scene, [message])


def merged(scene: Scene, discarded: JSON | None = None) -> JSON:
    """Two users became one. The only trigger without an `appUser`."""
    gone = discarded or {**scene.app_user, "_id": hex_id(scene.seed, "merged", scene.user_id), "userId": "user-merged"}
    return {"surviving": scene.app_user, "discarded": [gone]}


def _paid(scene: Scene) -> JSON:
    action = {
        "_id": hex_id(scene.seed, "buy"),
        "type": "buy",
        "text": "Buy",
        "amount": 4500,
        "currency": "eur",
        "state": "paid",
    }
    message = {"_id": hex_id(scene.seed, "offer"), "role": "appMaker", "type": "text", "text": "A lamp", "actions": [action]}
    payment = {"source": scene.source, "message": message, "action": action, "charge": {"id": "ch_sandbox"}}
    return _around(scene, payments=[payment])


def linked(scene: Scene, criteria: JSON | None = None, **more: Any) -> JSON:
    """A channel that a program linked was found, or became the user's."""
    criteria = criteria or {"type": "mailgun", "address": person(scene.seed, scene.number).email}
    return _around(scene, timed=False, channel=criteria["type"], criteria=criteria, **more)


def client_changed(scene: Scene, reason: str) -> JSON:
    """A client came, or went. Unconfirmed: only the names of these triggers are known."""
    return _around(scene, reason=reason, source={"type": "api"})


def deleted(scene: Scene) -> JSON:
    """The user was deleted. Unconfirmed: only the name of this trigger is known."""
    return _around(scene)


def _old_delivery(scene: Scene, **more: Any) -> JSON:
    """What v1 sent in place of `message:delivery:*`."""
    return {**_message(scene, "appMaker"), "destination": {"type": "web"}, "timestamp": scene.at / 1000, **more}


def _notified(scene: Scene, **more: Any) -> JSON:
    """Unconfirmed: its members have no source."""
    sent = {"_id": hex_id(scene.seed, "notification")}
    return _around(scene, notification=sent, destination={"type": "whatsapp"}, **more)


_ERROR: Final = {"code": "bad_request", "message": "No matching user found"}

EVENTS: Final[Mapping[str, Callable[[Scene], JSON]]] = MappingProxyType(
    {
        "message:appUser": lambda scene: _message(scene, "appUser"),
        "message:appMaker": lambda scene: _message(scene, "appMaker"),
        "message:delivery:channel": lambda scene: delivered(scene, hex_id(scene.seed, "sent"), final=False),
        "message:delivery:user": lambda scene: delivered(scene, hex_id(scene.seed, "sent"), final=True),
        "message:delivery:failure": lambda scene: failed(scene, hex_id(scene.seed, "sent")),
        "delivery:success": _old_delivery,
        "delivery:failure": lambda scene: _old_delivery(scene, error=_ERROR),
        "postback": lambda scene: postbacks(scene, "order:1", "Order"),
        "conversation:start": started,
        "conversation:read": read,
        "conversation:referral": lambda scene: _around(scene, source=scene.source, referral={"code": "spring-sale"}),
        "typing:appUser": lambda scene: typing(scene, begun=True),
        "merge:appUser": merged,
        "payment:success": _paid,
        "link:match": linked,
        "link:success": linked,
        "link:failure": lambda scene: linked(scene, error=_ERROR),
        "client:add": lambda scene: client_changed(scene, "channelLinking"),
        "client:remove": lambda scene: client_changed(scene, "api"),
        "appUser:delete": deleted,
        "notification:delivery:channel": _notified,
        "notification:delivery:user": _notified,
        "notification:delivery:failure": lambda scene: _notified(scene, error=_ERROR),
    }
)
