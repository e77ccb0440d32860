"""The emulated app's integrations, with the menus and profiles of those that have any, and the app's own menu."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from aioconvo.sandbox.bodies import Url, decode
from aioconvo.sandbox.data import hex_id
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route
from aioconvo.sandbox.multipart import MULTIPART
from aioconvo.sandbox.uploads import file_in

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Integrations"]

_ALL: Final = "/v1.1/apps/{appId}/integrations"
_ONE: Final = f"{_ALL}/{{integrationId}}"
_MENU: Final = "/v1.1/apps/{appId}/menu"
_PAGE: Final = 25
_LARGEST_PAGE: Final = 100
# Keys and secrets, which are never told again.
_NOT_TOLD: Final = frozenset(
    {
        *("_id", "type", "status", "pageAccessToken", "appSecret", "authToken", "token", "channelSecret", "channelAccessToken"),
        *("switcherSecret", "encodingAesKey", "certificate", "password", "serverKey", "consumerSecret", "accessTokenSecret"),
        *("apiKey", "accessKey", "signingKey", "apiSecret"),
    }
)


class Kind(msgspec.Struct, kw_only=True):
    """What the bodies of all kinds of integrations have."""

    type: Annotated[str, Meta(min_length=1)]


class Anything(msgspec.Struct, kw_only=True):
    """A body of which any member may be left out."""


class LinkItem(msgspec.Struct, tag_field="type", tag="link", kw_only=True):
    """Opens a page."""

    text: str
    uri: Url


class PostbackItem(msgspec.Struct, tag_field="type", tag="postback", kw_only=True):
    """Calls back."""

    text: str
    payload: str


class Submenu(msgspec.Struct, tag_field="type", tag="submenu", kw_only=True):
    """A menu in the menu."""

    text: str
    items: Annotated[list[LinkItem | PostbackItem], Meta(min_length=1, max_length=5)]


class MenuSettings(msgspec.Struct, kw_only=True, rename="camel"):
    """Whether the user can write as well."""

    input_enabled: bool = True


class Menu(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The body of what sets a menu, of the app or of an integration."""

    items: Annotated[list[LinkItem | PostbackItem | Submenu], Meta(max_length=3)]
    settings: MenuSettings | None = None


@dataclasses.dataclass(slots=True)
class Integration:
    """An integration: what the API shows of it, its own menu, and how it shows the business."""

    shown: dict[str, Any]
    menu: dict[str, Any] | None = None
    profile: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])


class Integrations:
    """The integrations of the app. There are two to begin with: a web messenger and WhatsApp."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._made = 0
        self._items = 0
        self._all: dict[str, Integration] = {}
        self._menu: dict[str, Any] = {"items": []}
        self._add("web", {"displayStyle": "button", "brandColor": "65758e"})
        self._add("whatsapp", {"phoneNumber": "15555550167"})
        self.routes = (
            Route("POST", _ALL, "createIntegration", self._create),
            Route("GET", _ALL, "listIntegrations", self._list),
            Route("GET", _ONE, "getIntegration", self._get),
            Route("PUT", _ONE, "updateIntegration", self._update),
            Route("DELETE", _ONE, "deleteIntegration", self._delete),
            Route("GET", f"{_ONE}/profile", "getIntegrationProfile", self._get_profile),
            Route("PUT", f"{_ONE}/profile", "updateIntegrationProfile", self._update_profile),
            Route("PUT", f"{_ONE}/profile/photo", "uploadIntegrationProfilePhoto", self._upload_photo, MULTIPART),
            Route("POST", f"{_ONE}/menu", "createIntegrationMenu", self._create_menu),
            Route("GET", f"{_ONE}/menu", "getIntegrationMenu", self._get_menu),
            Route("PUT", f"{_ONE}/menu", "updateIntegrationMenu", self._update_menu),
            Route("DELETE", f"{_ONE}/menu", "deleteIntegrationMenu", self._delete_menu),
            Route("GET", _MENU, "getMenu", self._get_app_menu),
            Route("PUT", _MENU, "updateMenu", self._update_app_menu),
            Route("DELETE", _MENU, "deleteMenu", self._delete_app_menu),
        )

    def _add(self, kind: str, details: Mapping[str, Any]) -> Integration:
        self._made += 1
        key = hex_id(self._seed, "smooch", "integration", self._made)
        told = {name: value for name, value in details.items() if name not in _NOT_TOLD}
        made = self._all[key] = Integration({"_id": key, "type": kind, "status": "active", **told})
        return made

    def _find(self, parameters: Mapping[str, str]) -> Integration:
        found = self._all.get(parameters["integrationId"])
        if found is None:
            raise Refusal(404, "integration_not_found", "Integration not found")
        return found

    # -- integrations

    def _create(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        kind = decode(request, Kind).type
        return Reply(201, {"integration": self._add(kind, _said(request)).shown})

    def _list(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        query = request.parameters()
        wanted = query.get("types", "")
        found = [one.shown for one in self._all.values() if not wanted or one.shown["type"] in wanted.split(",")]
        offset, limit = _number(query, "offset", 0), min(_number(query, "limit", _PAGE), _LARGEST_PAGE)
        more = offset + limit < len(found)
        return Reply(200, {"integrations": found[offset : offset + limit], "hasMore": more, "offset": offset})

    def _get(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"integration": self._find(parameters).shown})

    def _update(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        found = self._find(parameters)
        decode(request, Anything)
        found.shown |= {name: value for name, value in _said(request).items() if name not in _NOT_TOLD}
        return Reply(200, {"integration": found.shown})

    def _delete(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        del self._all[self._find(parameters).shown["_id"]]
        return Reply(200, {})

    # -- profiles

    def _profile_of(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        found = self._find(parameters)
        if found.shown["type"] != "whatsapp":
            raise Refusal(400, "bad_request", "Only WhatsApp has a profile")
        return found.profile

    def _get_profile(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"profile": self._profile_of(parameters)})

    def _update_profile(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        profile = self._profile_of(parameters)
        decode(request, Anything)
        profile |= _said(request)
        return Reply(200, {})

    def _upload_photo(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        profile = self._profile_of(parameters)
        _, kind = file_in(request)
        if not kind.startswith("image/") and kind != "application/octet-stream":
            raise Refusal(400, "bad_request", "source must be an image")
        self._items += 1
        profile["photoUrl"] = f"https://media.example.org/icons/whatsapp/{hex_id(self._seed, 'photo', self._items)}"
        return Reply(200, {"photoUrl": profile["photoUrl"]})

    # -- menus

    def _menu_in(self, request: Request) -> dict[str, Any]:
        menu: dict[str, Any] = msgspec.to_builtins(decode(request, Menu))
        for item in menu["items"]:
            self._items += 1
            item["_id"] = hex_id(self._seed, "smooch", "menu item", self._items)
        return menu

    def _own_menu(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        menu = self._find(parameters).menu
        if menu is None:
            raise Refusal(404, "menu_not_found", "The integration has no menu of its own")
        return menu

    def _set_menu(self, request: Request, parameters: Mapping[str, str], status: Literal[200, 201]) -> Reply:
        found = self._find(parameters)
        found.menu = self._menu_in(request)
        return Reply(status, {"menu": found.menu})

    def _create_menu(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        return self._set_menu(request, parameters, 201)

    def _update_menu(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        return self._set_menu(request, parameters, 200)

    def _get_menu(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"menu": self._own_menu(parameters)})

    def _delete_menu(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        self._own_menu(parameters)
        self._find(parameters).menu = None
        return Reply(200, {})

    def _get_app_menu(self, _request: Request, _parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"menu": self._menu})

    def _update_app_menu(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        self._menu = self._menu_in(request)
        return Reply(200, {"menu": self._menu})

    def _delete_app_menu(self, _request: Request, _parameters: Mapping[str, str]) -> Reply:
        self._menu = {"items": []}
        return Reply(200, {"menu": self._menu})


def _said(request: Request) -> dict[str, Any]:
    return msgspec.json.decode(request.body, type=dict[str, Any])


def _number(query: Mapping[str, str], name: str, usual: int) -> int:
    value = query.get(name, str(usual))
    if not (value.isascii() and value.isdigit()):
        raise Refusal(400, "bad_request", f"{name} must be a whole number")
    return int(value)
