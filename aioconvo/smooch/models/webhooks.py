"""Webhooks of Smooch, as structs."""

from __future__ import annotations

from msgspec import field

from aioconvo.core.json.model import Model

__all__ = ["Webhook"]


class Webhook(Model, rename="camel"):
    """Where the API sends events: `triggers` are their names. `secret` comes with every delivery, in the header `X-API-Key`."""

    target: str
    triggers: list[str]
    secret: str
    id: str = field(name="_id")
    version: str | None = None
    include_client: bool | None = None
    include_full_app_user: bool | None = None
