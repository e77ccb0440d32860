"""Users of Sunshine Conversations, as structs."""

from __future__ import annotations

import datetime as dt

from msgspec import UNSET, UnsetType

from aioconvo.core.json.model import Model

from .metadata import Metadata

__all__ = ["Identity", "Profile", "User"]


class Profile(Model, rename="camel"):
    """What is known of a user. To send: `None` clears a member, what is not given stays.

    `given_name`, `surname` and `email` have 1 to 128 characters, `locale` 1 to 64, `avatar_url` 1 to 2048.
    """

    given_name: str | UnsetType | None = UNSET
    surname: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    avatar_url: str | UnsetType | None = UNSET
    locale: str | UnsetType | None = UNSET


class Identity(Model):
    """An address by which a user is known; `verification` is text such as `verified`."""

    type: str | None = None
    value: str | None = None
    verification: str | None = None


class User(Model, rename="camel"):
    """A user. In events all below `brand_id` comes only to webhooks made with `includeFullUser`."""

    id: str
    authenticated: bool | None = None
    external_id: str | None = None
    zendesk_id: str | None = None
    brand_id: str | None = None
    signed_up_at: dt.datetime | None = None
    to_be_retained: bool | None = None
    profile: Profile | None = None
    metadata: Metadata | None = None
    identities: list[Identity] | None = None
