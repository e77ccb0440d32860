"""Users of Smooch and how they are reached, as structs."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model, OpenEnum

from .posts import NewMessage

__all__ = [
    "AppUser",
    "AppUserReference",
    "AuthCode",
    "BusinessSystem",
    "BusinessSystemType",
    "ChannelIdentity",
    "Client",
    "ClientInfo",
    "ClientStatus",
    "Confirmation",
    "ConfirmationType",
    "LinkRequest",
]


class ClientStatus(OpenEnum):
    """Whether a user is reached there."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    INACTIVE = "inactive"
    PENDING = "pending"


class ClientInfo(Model, rename="camel"):
    """What is known of a device or person there; what each platform tells differs, all of it is in `raw` of the client.

    `timezone` is hours from UTC, `wifi` and `radio_access_technology` are how the device is connected, `carrier` by whom.
    `is_payment_enabled`: whether the user can pay at Messenger.
    """

    app_name: str | None = None
    avatar_url: str | None = None
    carrier: str | None = None
    city: str | None = None
    country: str | None = None
    device_model: str | None = None
    device_platform: str | None = None
    gender: str | None = None
    is_payment_enabled: bool | None = None
    locale: str | None = None
    os: str | None = None
    os_version: str | None = None
    phone_number: str | None = None
    radio_access_technology: str | None = None
    state: str | None = None
    timezone: float | None = None
    wifi: str | None = None


class Client(Model, rename="camel"):
    """A user's presence on one channel.

    `id` is unique for a device or, on other channels, for the client; `platform` is the channel, such as `web` or `twilio`.
    `active` is false where the user has logged out. `last_seen` is when the user last wrote there or opened the app.
    `raw` is what the channel itself told. `push_notification_token` is a
    secret of the device.
    """

    id: str | None = None
    platform: str | None = None
    integration_id: str | None = None
    external_id: str | None = None
    active: bool | None = None
    status: ClientStatus | None = None
    last_seen: dt.datetime | None = None
    display_name: str | None = None
    push_notification_token: str | None = None
    app_version: str | None = None
    info: ClientInfo | None = None
    raw: dict[str, Any] | None = None


class AppUser(Model, rename="camel"):
    """A user. In events all below `conversation_started` comes only to webhooks made with `includeFullAppUser`.

    `id` is the service's id, `user_id` your own. `conversation_started`: whether there was any message. `signed_up_at` is when
    the user was created. `properties` are yours: flat. `pending_clients` are linked, but not confirmed yet.
    """

    id: str | None = field(default=None, name="_id")
    user_id: str | None = None
    conversation_started: bool | None = None
    given_name: str | None = None
    surname: str | None = None
    email: str | None = None
    signed_up_at: dt.datetime | None = None
    properties: dict[str, Any] | None = None
    clients: list[Client] | None = None
    pending_clients: list[Client] | None = None


class AppUserReference(Model):
    """Which user is meant, by the service's id."""

    id: str = field(name="_id")


class AuthCode(Telling, rename="camel", kw_only=True):
    """A code with which a user goes on in another of the vendor's SDKs; whoever has it is that user there."""

    auth_code: str
    not_shown: ClassVar[frozenset[str]] = frozenset({"auth_code"})


class ChannelIdentity(Model, rename="camel"):
    """What a channel knows a user by: a phone number at `twilio`, a `user_id` at `messenger`, an address at `mailgun`, ..."""

    type: str
    integration_id: str | None = None
    phone_number: str | None = None
    user_id: str | None = None
    address: str | None = None
    username: str | None = None
    chat_id: str | None = None


class BusinessSystemType(OpenEnum):
    """Where a business answers."""

    HELPSCOUT = "helpscout"
    SLACK = "slack"
    ZENDESK = "zendesk"


class BusinessSystem(Model, rename="camel"):
    """What a system of the business knows a user's conversation by: a `channel_id` at Slack, a `ticket_id` at Zendesk, ..."""

    type: BusinessSystemType
    channel_id: str | None = None
    ticket_id: str | None = None
    room_id: int | None = None
    conversation_id: str | None = None


class LinkRequest(Model, rename="camel"):
    """A way for a user to link a channel by themselves: they open `url`, or send `code` there."""

    integration_id: str
    type: str
    code: str
    url: str
    not_shown: ClassVar[frozenset[str]] = frozenset({"code"})


class ConfirmationType(OpenEnum):
    """When a linked channel counts as the user's: at once, when they write there, or when they say yes."""

    IMMEDIATE = "immediate"
    USER_ACTIVITY = "userActivity"
    PROMPT = "prompt"


class Confirmation(Model):
    """How a user confirms a new channel.

    `message` is a text or image that they are sent first; `userActivity` needs one, `prompt` sends words of its own. It is no
    part of their conversation.
    """

    type: ConfirmationType
    message: NewMessage | None = None
