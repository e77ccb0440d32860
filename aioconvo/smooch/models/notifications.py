"""Notifications of Smooch: messages to people who are no users yet; as structs."""

from __future__ import annotations

from msgspec import field

from aioconvo.core.json.model import Model

from .conversations import Role

__all__ = ["Notification", "NotificationAuthor", "NotificationDestination"]


class NotificationDestination(Model, rename="camel"):
    """Who is written to: `destination_id` is what the integration's channel knows them by, such as a phone number."""

    integration_id: str
    destination_id: str


class NotificationAuthor(Model, rename="camel"):
    """Who writes: `role` is `appMaker`."""

    role: Role
    name: str | None = None
    email: str | None = None
    avatar_url: str | None = None


class Notification(Model):
    """A notification that was taken; `notification:delivery:*` events tell what became of it."""

    id: str = field(name="_id")
