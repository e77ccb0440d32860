"""The channels by which a user of the emulated app is reached: the web messenger, and those that programs linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

from aioconvo.sandbox.bodies import decode
from aioconvo.sandbox.data import hex_id, iso, milliseconds
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route

from .bodies import MessagePost
from .paging import beside, page_query, window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .data import App, User
    from .telling import Telling

_PATH: Final = "/v2/apps/{appId}/users/{userIdOrExternalId}/clients"


class Criteria(msgspec.Struct, kw_only=True, rename="camel"):
    """By what a user is found on a channel."""

    type: Literal["mailgun", "messagebird", "twilio", "whatsapp"]
    integration_id: str
    primary: bool = True
    address: str | UnsetType = UNSET
    phone_number: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.address if self.type == "mailgun" else self.phone_number) is UNSET:
            raise ValueError(f"{self.type} needs {'address' if self.type == 'mailgun' else 'phoneNumber'}")


class Confirmation(msgspec.Struct, kw_only=True):
    """How the user confirms it."""

    type: Literal["immediate", "userActivity", "prompt"]
    message: MessagePost | UnsetType = UNSET


class Target(msgspec.Struct, kw_only=True, rename="camel"):
    """Where the client writes."""

    conversation_id: str


class ClientCreate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of CreateClient."""

    match_criteria: Criteria
    confirmation: Confirmation
    target: Target


class Clients:
    """The clients of all users."""

    def __init__(self, app: App, changes: Telling) -> None:
        self._app = app
        self._changes = changes
        self._made = 0
        self.routes = (
            Route("POST", _PATH, "CreateClient", self._create),
            Route("GET", _PATH, "ListClients", self._list),
            Route("DELETE", f"{_PATH}/{{clientId}}", "RemoveClient", self._remove),
        )

    def _find(self, parameters: Mapping[str, str]) -> User:
        key = parameters["userIdOrExternalId"]
        return self._app.named(key, key)

    def _create(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        body = decode(request, ClientCreate)
        conversation = self._app.find({"conversationId": body.target.conversation_id})
        criteria = body.match_criteria
        at = iso(milliseconds(self._app.settings.clock()))
        self._made += 1
        client: dict[str, Any] = {
            "id": hex_id(self._app.settings.seed, "sunshine", "linked client", self._made),
            "type": criteria.type,
            "status": "active" if body.confirmation.type == "immediate" else "pending",
            "integrationId": criteria.integration_id,
            "externalId": criteria.address or criteria.phone_number,
            "lastSeen": at,
            "linkedAt": at,
            "displayName": user.name(self._app.settings.seed),
        }
        user.clients.append(client)
        self._changes.client_changed("client:add", conversation, user, client, "channelLinking")
        return Reply(201, {"client": client})

    def _list(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        # Events tell of the platform; here those of the vendor's SDKs are all alike.
        found = [{**self._changes.web_client(user), "type": "sdk"}, *user.clients]
        page = page_query(request)
        places = {one["id"]: place for place, one in enumerate(found)}
        chosen = window(list(places.values()), page, places.get)
        shown = found[chosen.start : chosen.stop]
        return Reply(200, {"clients": shown, **beside(request, [one["id"] for one in shown], chosen, len(found), page.size)})

    def _remove(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        if parameters["clientId"] == self._changes.web_client(user)["id"]:
            raise Refusal(400, "bad_request", "Clients of the SDK cannot be removed")
        client = next((one for one in user.clients if one["id"] == parameters["clientId"]), None)
        if client is None:
            raise Refusal(404, "client_not_found", "Client not found")
        user.clients.remove(client)
        self._changes.client_changed("client:remove", self._app.own(user), user, client, "api")
        return Reply(200, {})
