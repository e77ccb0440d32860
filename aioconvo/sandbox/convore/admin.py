"""The administration of Convore, emulated: keys, organizations, and the one user whose key it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET, UnsetType

from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route

from .asked import body_in

if TYPE_CHECKING:
    from collections.abc import Mapping

_USER = {
    "id": "user_sandbox",
    "first_name": "Sandbox",
    "last_name": "User",
    "name": "Sandbox User",
    "email": "sandbox@example.org",
    "organization_ids": ["org_1"],
    "system_role": "super_admin",
}


class _NewKey(msgspec.Struct):
    name: str = ""


class _ChangedKey(msgspec.Struct):
    name: str | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    hide_secret_key: bool | UnsetType = UNSET


class _NewOrganization(msgspec.Struct):
    name: str
    owner_user_id: str


class Administration:
    """Keys and organizations that are made and changed; no key of these opens the sandbox."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, Any]] = {}
        self._organizations = [{"id": "org_1", "name": "Sandbox"}]
        self._add_key("sandbox")
        self.routes = (
            Route("GET", "/admin/api_keys", "list_api_keys", self._list_keys),
            Route("POST", "/admin/api_keys", "create_api_key", self._create_key),
            Route("PATCH", "/admin/api_keys/{api_key_id}", "update_api_key", self._update_key),
            Route("GET", "/admin/organizations", "list_organizations", self._list_organizations),
            Route("POST", "/admin/organizations", "create_organization", self._create_organization),
            Route("GET", "/admin/users/me", "get_current_user", self._get_user),
            Route("GET", "/admin/users/{user_id}", "get_user", self._get_user),
        )

    def _add_key(self, name: str) -> dict[str, Any]:
        number = len(self._keys) + 1
        key = {
            "id": f"key_{number}",
            "name": name or f"key {number}",
            "organization_id": "org_1",
            "publishable_key": f"pk_sandbox_{number}",
            "secret_key": f"sk_sandbox_{number}",
            "secret_key_display": f"sk_...{number}",
            "disabled": False,
            "hide_secret_key": False,
        }
        self._keys[f"key_{number}"] = key
        return key

    def _list_keys(self, _: Request, __: Mapping[str, str]) -> Reply:
        return Reply(200, {"data": list(self._keys.values()), "total_count": len(self._keys)})

    def _create_key(self, request: Request, _: Mapping[str, str]) -> Reply:
        return Reply(200, self._add_key(body_in(request, _NewKey).name))

    def _update_key(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        key = self._keys.get(parameters["api_key_id"])
        if key is None:
            raise Refusal(404, "not_found", "No such key")
        key |= msgspec.to_builtins(body_in(request, _ChangedKey))
        return Reply(200, key)

    def _list_organizations(self, _: Request, __: Mapping[str, str]) -> Reply:
        return Reply(200, self._organizations)

    def _create_organization(self, request: Request, _: Mapping[str, str]) -> Reply:
        organization = {"id": f"org_{len(self._organizations) + 1}", "name": body_in(request, _NewOrganization).name}
        self._organizations.append(organization)
        return Reply(200, organization)

    def _get_user(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        if parameters.get("user_id", _USER["id"]) != _USER["id"]:
            raise Refusal(404, "not_found", "No such user")
        return Reply(200, _USER)
