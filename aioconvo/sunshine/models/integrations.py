"""Integrations of Sunshine Conversations and their keys, as structs."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.json.model import Model, OpenEnum

from .webhooks import NewWebhook, Webhook

__all__ = ["Integration", "IntegrationKey", "IntegrationStatus", "NewIntegration"]


class IntegrationStatus(OpenEnum):
    """Whether an integration works."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    ERROR = "error"


class Integration(Model, rename="camel"):
    """What an app is connected to: a channel such as `whatsapp`, or a program of yours (`custom`).

    `webhooks` are there in `custom` alone. What other kinds have besides is in `raw_json` of it.
    """

    type: str
    id: str | None = None
    status: IntegrationStatus | None = None
    display_name: str | None = None
    webhooks: list[Webhook] | None = None


class NewIntegration(Model, rename="camel"):
    """An integration to be made. `display_name` has 1 to 100 characters; one of your own, `custom`, has exactly one webhook."""

    type: str
    display_name: str | UnsetType | None = UNSET
    webhooks: list[NewWebhook] | UnsetType = UNSET


class IntegrationKey(Model, rename="camel"):
    """A key of an integration of your own; `secret` opens what its app may do."""

    id: str | None = None
    display_name: str | None = None
    secret: str | None = None
