"""The emulated app's users: created, changed, linked, merged and deleted by programs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from aioconvo.sandbox.bodies import Metadata, checked, decode
from aioconvo.sandbox.data import hex_id, iso, milliseconds
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route

from .bodies import MessagePost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .data import App, AppUser
    from .telling import Telling

__all__ = ["Users"]

_ALL: Final = "/v1.1/apps/{appId}/appusers"
_ONE: Final = f"{_ALL}/{{userId}}"
_PERSONAL: Final = ("givenName", "surname", "email")

Time = Annotated[dt.datetime, Meta(tz=True)]


class UserUpdate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of updateAppUser: what is absent stays, also of the properties."""

    given_name: str | UnsetType = UNSET
    surname: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    signed_up_at: Time | UnsetType = UNSET
    properties: Metadata | UnsetType = UNSET


class UserCreate(UserUpdate, kw_only=True, rename="camel"):
    """The body of preCreateAppUser."""

    user_id: Annotated[str, Meta(min_length=1)]


class Reference(msgspec.Struct, kw_only=True):
    """Which user is meant."""

    id: str = msgspec.field(name="_id")


class Merge(msgspec.Struct, kw_only=True):
    """The body of mergeUsers."""

    surviving: Reference
    discarded: Reference


class Confirmation(msgspec.Struct, kw_only=True):
    """How the user confirms a link."""

    type: Literal["immediate", "userActivity", "prompt"]
    message: MessagePost | UnsetType = UNSET


class Link(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of linkAppUser."""

    type: str
    confirmation: Confirmation
    integration_id: str | UnsetType = UNSET
    phone_number: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    given_name: str | UnsetType = UNSET
    surname: str | UnsetType = UNSET
    subject: str | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.type == "mailgun" and self.address is UNSET:
            raise ValueError("mailgun needs address")
        if self.type in {"twilio", "messagebird", "messenger", "whatsapp"} and self.phone_number is UNSET:
            raise ValueError(f"{self.type} needs phoneNumber")


class Users:
    """The users of the app. Each is found by the service's id and by the program's own."""

    def __init__(self, app: App, changes: Telling) -> None:
        self._app = app
        self._changes = changes
        self._made = 0
        self.routes = (
            Route("POST", _ALL, "preCreateAppUser", self._create),
            Route("POST", f"{_ALL}/merge", "mergeUsers", self._merge),
            Route("GET", _ONE, "getAppUser", self._get),
            Route("PUT", _ONE, "updateAppUser", self._update),
            Route("DELETE", _ONE, "deleteAppUser", self._delete),
            Route("DELETE", f"{_ONE}/profile", "deleteAppUserProfile", self._delete_profile),
            Route("GET", f"{_ONE}/authcode", "getAppUserAuthCode", self._auth_code),
            Route("GET", f"{_ONE}/businesssystems", "getAppUserBusinessSystemIds", self._business_systems),
            Route("GET", f"{_ONE}/channels", "getAppUserEntityIds", self._channels),
            Route("POST", f"{_ONE}/channels", "linkAppUser", self._link),
            Route("DELETE", f"{_ONE}/channels/{{channel}}", "unlinkAppUser", self._unlink),
            Route("GET", f"{_ONE}/linkrequest", "getLinkRequests", self._link_requests),
        )

    def _find(self, parameters: Mapping[str, str]) -> AppUser:
        return self._app.user(parameters["userId"])

    def _answer(self, user: AppUser, status: int = 200) -> Reply:
        return Reply(status, {"appUser": self._changes.shown(user)})

    def _create(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        body = decode(request, UserCreate)
        checked(body.properties)
        if self._app.find(body.user_id) is not None:
            raise Refusal(409, "conflict", "A user with this userId exists already")
        user = self._app.add(body.user_id, {})
        _change(user, body)
        return self._answer(user, 201)

    def _get(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return self._answer(self._find(parameters))

    def _update(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        body = decode(request, UserUpdate)
        checked(body.properties)
        _change(user, body)
        return self._answer(user)

    def _delete(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        self._app.remove(user)
        self._changes.deleted(user)
        return Reply(200, {})

    def _delete_profile(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        user.details |= dict.fromkeys(_PERSONAL) | {"properties": {}}
        for client in user.linked:
            client.pop("displayName", None)
        return self._answer(user)

    def _merge(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        body = decode(request, Merge)
        surviving, discarded = self._app.user(body.surviving.id), self._app.user(body.discarded.id)
        if surviving is discarded:
            raise Refusal(400, "bad_request", "A user cannot be merged with themselves")
        gone = self._changes.shown(discarded)
        self._app.merge(surviving, discarded)
        self._changes.merged(surviving, gone)
        return Reply(200, {})

    def _auth_code(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        self._made += 1
        return Reply(200, {"authCode": hex_id(self._app.settings.seed, "smooch", "code", user.id, self._made)})

    # -- channels

    def _business_systems(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        tickets = [{"type": "zendesk", "ticketId": str(1000 + user.number)}] if user.conversation else []
        return Reply(200, {"businessSystems": tickets})

    def _channels(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"channels": [_identity(one) for one in self._find(parameters).linked]})

    def _link(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        body = decode(request, Link)
        seed, at = self._app.settings.seed, iso(milliseconds(self._app.settings.clock()))
        self._made += 1
        address = body.address or body.phone_number or ""
        client: dict[str, Any] = {
            "id": hex_id(seed, "smooch", "linked", self._made),
            "platform": body.type,
            "integrationId": body.integration_id or hex_id(seed, "smooch", body.type),
            "externalId": address,
            "displayName": address,
            "active": True,
            "lastSeen": at,
        }
        at_once = body.confirmation.type == "immediate"
        kept = user.linked if at_once else user.pending
        kept.append(client | {"status": "active" if at_once else "pending"})
        criteria = {"type": body.type, "address" if body.type == "mailgun" else "phoneNumber": address}
        for stage in ("match", "success") if at_once else ("match",):
            self._changes.linked(user, stage, criteria)
        return self._answer(user)

    def _unlink(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user, channel = self._find(parameters), parameters["channel"]
        if channel == "web":
            raise Refusal(400, "bad_request", "Clients of the SDK cannot be removed")
        if not [one for one in (*user.linked, *user.pending) if one["platform"] == channel]:
            raise Refusal(404, "client_not_found", "The user is not linked to this channel")
        user.linked = [one for one in user.linked if one["platform"] != channel]
        user.pending = [one for one in user.pending if one["platform"] != channel]
        self._changes.unlinked(user)
        return Reply(200, {})

    def _link_requests(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user, seed = self._find(parameters), self._app.settings.seed
        asked = [one for one in request.parameters().get("integrationIds", "").split(",") if one]
        if not asked:
            raise Refusal(400, "bad_request", "integrationIds is required")
        codes = {one: f"lr_{hex_id(seed, 'smooch', 'link', user.id, one)}" for one in asked}
        made = [
            {"integrationId": one, "type": "telegram", "code": code, "url": f"https://telegram.me/sandbox?start={code}"}
            for one, code in codes.items()
        ]
        return Reply(200, {"linkRequests": made})


def _change(user: AppUser, body: UserUpdate) -> None:
    told = msgspec.to_builtins(body)
    told.pop("userId", None)
    if body.signed_up_at is not UNSET:
        told["signedUpAt"] = iso(milliseconds(body.signed_up_at))
    if body.properties is not UNSET:
        told["properties"] = user.details.get("properties", {}) | body.properties
    user.details |= told


def _identity(client: Mapping[str, Any]) -> dict[str, str]:
    """What a channel knows the user of a client by."""
    name = {"mailgun": "address", "messenger": "userId", "telegram": "chatId"}.get(client["platform"], "phoneNumber")
    return {"type": client["platform"], "integrationId": client["integrationId"], name: client["externalId"]}
