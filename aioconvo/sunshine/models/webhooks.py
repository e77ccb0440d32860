"""Webhooks of Sunshine Conversations, as structs."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.json.model import Model

__all__ = ["NewWebhook", "Webhook"]


class Webhook(Model, rename="camel"):
    """Where the API sends events: `triggers` are their names. `secret` comes with every delivery, in the header `X-API-Key`."""

    target: str
    triggers: list[str]
    id: str | None = None
    version: str | None = None
    secret: str | None = None
    include_full_user: bool | None = None
    include_full_source: bool | None = None


class NewWebhook(Model, rename="camel"):
    """The webhook that an integration of your own begins with."""

    target: str
    triggers: list[str]
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET
