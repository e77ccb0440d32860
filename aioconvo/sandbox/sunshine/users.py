"""The emulated app's users: created, changed, merged and deleted by programs."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from aioconvo.sandbox.bodies import Metadata, Url, checked, decode
from aioconvo.sandbox.data import milliseconds
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route

from .paging import deep_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .data import App, User
    from .telling import Telling

_PATH: Final = "/v2/apps/{appId}/users"
_PERSONAL: Final = ("givenName", "surname", "email", "avatarUrl")

Text = Annotated[str, Meta(min_length=1, max_length=128)]
Time = Annotated[dt.datetime, Meta(tz=True)]


class Profile(msgspec.Struct, kw_only=True, rename="camel"):
    """What is known of a user: null clears, absent leaves."""

    given_name: Text | UnsetType | None = UNSET
    surname: Text | UnsetType | None = UNSET
    email: Annotated[str, Meta(min_length=1, max_length=128, pattern="@")] | UnsetType | None = UNSET
    avatar_url: Url | UnsetType | None = UNSET
    locale: Annotated[str, Meta(min_length=1, max_length=64)] | UnsetType | None = UNSET


class UserUpdate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of UpdateUser."""

    signed_up_at: Time | UnsetType = UNSET
    to_be_retained: bool | UnsetType = UNSET
    profile: Profile | UnsetType = UNSET
    metadata: Metadata | UnsetType | None = UNSET


class UserCreate(UserUpdate, kw_only=True, rename="camel"):
    """The body of CreateUser."""

    external_id: Annotated[str, Meta(min_length=1, max_length=1024)] | UnsetType = UNSET
    brand_id: Annotated[str, Meta(min_length=1, max_length=24)] | UnsetType | None = UNSET


class UserSync(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of SyncUser."""

    surviving_zendesk_id: str | UnsetType = UNSET


class Users:
    """The users of the app. Those from the beginning and those who wrote first are known to Zendesk, too."""

    def __init__(self, app: App, changes: Telling) -> None:
        self._app = app
        self._changes = changes
        one = f"{_PATH}/{{userIdOrExternalId}}"
        self.routes = (
            Route("POST", _PATH, "CreateUser", self._create),
            Route("GET", _PATH, "ListUsers", self._list),
            Route("GET", one, "GetUser", self._get),
            Route("PATCH", one, "UpdateUser", self._update),
            Route("DELETE", one, "DeleteUser", self._delete),
            Route("DELETE", f"{one}/personalinformation", "DeleteUserPersonalInformation", self._delete_personal),
            Route("POST", f"{_PATH}/{{zendeskId}}/sync", "SyncUser", self._sync),
        )

    def _find(self, parameters: Mapping[str, str]) -> User:
        key = parameters["userIdOrExternalId"]
        return self._app.named(key, key)

    def _answer(self, user: User, status: int = 200) -> Reply:
        return Reply(status, {"user": user.shown(self._app.settings.seed)})

    def _create(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        body = decode(request, UserCreate)
        checked(body.metadata)
        external_id = body.external_id or None
        if self._app.user(external_id) is not None:
            raise Refusal(409, "conflict", "A user with this externalId exists already")
        user = self._app.add_user(external_id, invented=False)
        _change(user, body)
        if body.brand_id:
            user.details["brandId"] = body.brand_id
        return self._answer(user, 201)

    def _list(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        email = deep_object(request, "filter").get("identities.email")
        if not email:
            raise Refusal(400, "bad_request", "filter[identities.email] is required")
        seed = self._app.settings.seed
        found = [
            user
            for user in self._app.users.values()
            if any(one["value"].casefold() == email.casefold() for one in user.identities(seed))
        ]
        return Reply(200, {"users": [user.shown(seed) for user in found]})

    def _get(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return self._answer(self._find(parameters))

    def _update(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        body = decode(request, UserUpdate)
        checked(body.metadata)
        _change(user, body)
        self._changes.user_updated(user, self._app.own(user))
        return self._answer(user)

    def _delete(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        for conversation in self._app.remove_user(user):
            self._changes.removed(conversation)
        self._changes.user_removed(user)
        return Reply(200, {})

    def _delete_personal(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._find(parameters)
        kept = user.profile(self._app.settings.seed)
        user.invented = False
        user.details.pop("metadata", None)
        user.details["profile"] = {member: value for member, value in kept.items() if member not in _PERSONAL}
        self._changes.user_updated(user, self._app.own(user))
        return self._answer(user)

    def _sync(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        user = self._known(parameters["zendeskId"])
        body = decode(request, UserSync) if request.body else UserSync()
        if not body.surviving_zendesk_id:
            return self._answer(user)
        surviving = self._known(body.surviving_zendesk_id)
        if surviving is user:
            raise Refusal(400, "bad_request", "A user cannot be merged with themselves")
        lost = _merge_metadata(surviving, user)
        self._app.merge(surviving, user)
        self._changes.users_merged(surviving, user, lost, self._app.own(surviving))
        return self._answer(surviving)

    def _known(self, zendesk_id: str) -> User:
        user = next((user for user in self._app.users.values() if user.zendesk_id == zendesk_id), None)
        if user is None:
            raise Refusal(404, "user_not_found", "User not found")
        return user


def _change(user: User, body: UserUpdate) -> None:
    if body.signed_up_at is not UNSET:
        user.signed_up = milliseconds(body.signed_up_at)
    if body.to_be_retained is not UNSET:
        user.details["toBeRetained"] = body.to_be_retained
    if body.profile is not UNSET:
        user.details["profile"] = user.details.get("profile", {}) | msgspec.to_builtins(body.profile)
    if body.metadata is None:
        user.details.pop("metadata", None)
    elif body.metadata is not UNSET:
        user.details["metadata"] = body.metadata


def _merge_metadata(surviving: User, discarded: User) -> dict[str, Any] | None:
    """Give the surviving user the metadata that they lack; answers what is lost."""
    own: dict[str, Any] = surviving.details.get("metadata", {})
    other: dict[str, Any] = discarded.details.get("metadata", {})
    if merged := other | own:
        surviving.details["metadata"] = merged
    return {member: value for member, value in other.items() if own.get(member, value) != value} or None
