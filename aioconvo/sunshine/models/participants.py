"""Participants of Sunshine Conversations, as structs."""

from __future__ import annotations

import datetime as dt

from msgspec import field

from aioconvo.core.json.model import Model

__all__ = ["ClientAssociation", "NewParticipant", "Participant"]


class NewParticipant(Model, rename="camel"):
    """A user to put into a new conversation: exactly one of `user_id` and `user_external_id`."""

    user_id: str | None = None
    user_external_id: str | None = None
    subscribe_sdk_client: bool | None = field(default=None, name="subscribeSDKClient")


class ClientAssociation(Model, rename="camel"):
    """A channel through which a participant takes part."""

    type: str | None = None
    client_id: str | None = None


class Participant(Model, rename="camel"):
    """One user's part in one conversation."""

    id: str
    user_id: str | None = None
    user_external_id: str | None = None
    unread_count: int | None = None
    client_associations: list[ClientAssociation] | None = None
    last_read: dt.datetime | None = None
