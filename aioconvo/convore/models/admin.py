"""Who uses Convore and with which keys, as structs.

What the roles may do, when a secret key is shown and what hiding it does are documented by their names alone.
"""

from __future__ import annotations

from aioconvo.core.json.model import Model, OpenEnum

__all__ = ["ApiKey", "Organization", "SystemRole", "User"]


class ApiKey(Model):
    """A key of the API. `secret_key` may be absent; `secret_key_display` is the form of it that may be shown."""

    id: str
    name: str
    organization_id: str
    publishable_key: str
    secret_key_display: str
    disabled: bool
    hide_secret_key: bool
    secret_key: str | None = None


class Organization(Model):
    """An organization, to which users and keys belong."""

    id: str
    name: str


class SystemRole(OpenEnum):
    """What a user may do in the whole system."""

    USER = "user"
    SUPER_ADMIN = "super_admin"
    ORGANIZATION = "organization"


class User(Model):
    """A person who works with Convore, or what acts for an organization."""

    id: str
    first_name: str
    last_name: str
    name: str
    email: str
    organization_ids: list[str]
    system_role: SystemRole
    picture: str | None = None
