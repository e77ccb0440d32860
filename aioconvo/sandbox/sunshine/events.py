"""The payloads of Sunshine's webhooks, for every event that its specification names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from aioconvo.sandbox.data import hex_id, iso

__all__ = ["EVENTS", "Scene", "delivered", "failed", "merged", "message", "postback", "read", "typing"]

JSON = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where something happens: `at` in milliseconds since 1970, `metadata` the conversation's.

    `user` is the whole user, called `name`; what a webhook was not registered for is left out later.
    """

    seed: int
    at: int
    conversation_id: str
    conversation_type: str
    user: Mapping[str, Any]
    name: str
    integration: str
    metadata: Mapping[str, Any] | None = None

    @property
    def conversation(self) -> JSON:
        """The conversation, as webhooks show it."""
        shown: JSON = {"id": self.conversation_id, "type": self.conversation_type}
        return shown | ({"metadata": dict(self.metadata)} if self.metadata else {})

    @property
    def client(self) -> JSON:
        """The web messenger that the user writes with."""
        return {
            "id": hex_id(self.seed, "sunshine", "client", self.user["id"]),
            "type": "web",
            "status": "active",
            "integrationId": self.integration,
            "externalId": None,
            "lastSeen": iso(self.at),
            "linkedAt": iso(self.at - 86_400_000),
            "displayName": self.name,
            "avatarUrl": None,
            "info": {},
            "raw": {},
        }

    @property
    def source(self) -> JSON:
        """Where what the user does comes from."""
        return {"type": "web", "integrationId": self.integration, "client": self.client}

    @property
    def author(self) -> JSON:
        """The user as the author of something."""
        return {"type": "user", "userId": self.user["id"], "user": self.user}


def message(scene: Scene, shown: Mapping[str, Any]) -> JSON:
    """A message, as the API shows it, was written by a user or the business."""
    return {"conversation": scene.conversation, "message": dict(shown)}


def read(scene: Scene) -> JSON:
    """The user read the conversation."""
    return _activity(scene, "conversation:read")


def typing(scene: Scene, *, started: bool) -> JSON:
    """The user types, or stopped; only channels that report it do."""
    return _activity(scene, "typing:start" if started else "typing:stop")


def postback(scene: Scene, payload: str, metadata: Mapping[str, Any] | None = None) -> JSON:
    """The user pressed a button."""
    pressed: JSON = {"payload": payload, **({"metadata": dict(metadata)} if metadata else {})}
    return {"postback": pressed, **_with_user(scene), "source": scene.source}


def delivered(scene: Scene, message_id: str, *, final: bool) -> JSON:
    """A message reached its channel, or (`final`) the user."""
    return {
        **_with_user(scene),
        "message": {"id": message_id},
        "destination": {"type": "web", "integrationId": scene.integration},
        "externalMessages": [{"id": f"ext-{message_id}"}],
        "isFinalEvent": final,
    }


def failed(scene: Scene, message_id: str) -> JSON:
    """A message did not arrive."""
    error = {"code": "unauthorized", "message": "The channel refused the message", "underlyingError": {"status": 401}}
    return {**delivered(scene, message_id, final=True), "error": error}


def _activity(scene: Scene, kind: str) -> JSON:
    source = {"type": "web", "integrationId": scene.integration}
    return {"conversation": scene.conversation, "activity": {"type": kind, "source": source, "author": scene.author}}


def _with_user(scene: Scene) -> JSON:
    return {"conversation": scene.conversation, "user": scene.user}


def _message(scene: Scene) -> JSON:
    shown = {
        "id": hex_id(scene.seed, "sample message", scene.at),
        "received": iso(scene.at),
        "author": {**scene.author, "displayName": scene.name},
        "content": {"type": "text", "text": "Hello, where is my order?"},
        "source": scene.source,
    }
    return message(scene, shown)


def _client(scene: Scene, reason: str) -> JSON:
    return {**_with_user(scene), "client": scene.client, "reason": reason}


def _client_removed(scene: Scene) -> JSON:
    error = {"code": "bad_request", "message": "No matching user found"}
    return {**_client(scene, "linkFailed"), "error": error, "source": scene.source}


def _created(scene: Scene) -> JSON:
    user = {"user": scene.user if scene.conversation_type == "personal" else None}
    return {
        "conversation": scene.conversation,
        "creationReason": "message",
        "source": scene.source,
        **user,
        "referral": None,
    }


def _referral(scene: Scene) -> JSON:
    details = {"source": "ADS", "type": "OPEN_THREAD", "adId": "6045246247433"}
    return {**_with_user(scene), "source": scene.source, "referral": {"code": "spring-sale", "details": details}}


def _integration(scene: Scene, name: str) -> JSON:
    ids = {"id": hex_id(scene.seed, "switchboard", name), "integrationId": hex_id(scene.seed, "integration", name)}
    return {**ids, "name": name, "integrationType": "custom" if name == "bot" else "zd:agentWorkspace"}


def _control(scene: Scene, **more: Any) -> JSON:
    conversation = {**scene.conversation, "activeSwitchboardIntegration": _integration(scene, "agents")}
    return {"conversation": conversation, "metadata": {"first": True}, **more}


def _offered(scene: Scene) -> JSON:
    told = _control(scene)
    told["conversation"] |= {"activeSwitchboardIntegration": _integration(scene, "bot")}
    told["conversation"] |= {"pendingSwitchboardIntegration": _integration(scene, "agents")}
    return told


def _control_failed(scene: Scene) -> JSON:
    return {"error": {"code": "not_found", "message": "No switchboard integration has this name"}, **_control(scene)}


def merged(surviving: Mapping[str, Any], discarded: Mapping[str, Any], lost: Mapping[str, Any] | None = None) -> JSON:
    """Two users became one; `lost` is the metadata that only the other had with that value."""
    return {
        "mergedUsers": {"surviving": surviving, "discarded": discarded},
        "mergedConversations": None,
        "mergedClients": None,
        "discardedMetadata": lost,
        "reason": "api",
    }


def _merged(scene: Scene) -> JSON:
    user = {**scene.user, "id": hex_id(scene.seed, "merged", scene.user["id"]), "externalId": "user-merged"}
    other = dataclasses.replace(scene, user=user)
    clients = {"surviving": scene.client, "discarded": other.client}
    return {**merged(scene.user, other.user), "mergedClients": clients}


EVENTS: Final[Mapping[str, Callable[[Scene], JSON]]] = MappingProxyType(
    {
        "client:add": lambda scene: {**_client(scene, "channelLinking"), "source": scene.source},
        "client:remove": _client_removed,
        "client:update": lambda scene: _client(scene, "confirmed"),
        "conversation:create": _created,
        "conversation:join": _with_user,
        "conversation:leave": _with_user,
        "conversation:remove": lambda scene: {"conversation": scene.conversation},
        "conversation:message": _message,
        "conversation:message:delivery:channel": lambda scene: delivered(scene, hex_id(scene.seed, "sent"), final=False),
        "conversation:message:delivery:user": lambda scene: delivered(scene, hex_id(scene.seed, "sent"), final=True),
        "conversation:message:delivery:failure": lambda scene: failed(scene, hex_id(scene.seed, "sent")),
        "conversation:postback": lambda scene: postback(scene, "order:1", {"shelf": 3}),
        "conversation:read": read,
        "conversation:typing": lambda scene: typing(scene, started=True),
        "conversation:referral": _referral,
        "switchboard:acceptControl": _control,
        "switchboard:acceptControl:failure": _control_failed,
        "switchboard:offerControl": _offered,
        "switchboard:offerControl:failure": _control_failed,
        "switchboard:passControl": lambda scene: _control(scene, reason="ticketClosed"),
        "switchboard:passControl:failure": _control_failed,
        "switchboard:releaseControl": lambda scene: _control(scene, reason="ticketClosed"),
        "user:merge": _merged,
        "user:update": lambda scene: {"user": scene.user, "reason": "localeDetection", "source": scene.source},
        "user:remove": lambda scene: {"user": scene.user},
        # A trigger without a schema; what it holds is invented.
        "passthrough:messaging": lambda scene: {**_with_user(scene), "anything": {"interactive": [1, {"x": None}]}},
    }
)
