"""Channels of Convore, as structs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from aioconvo.core.json.model import Model, OpenEnum
from aioconvo.core.operations.rules import Like

from .connectors import ConnectorProvider
from .participants import ContactHandle

__all__ = [
    "Channel",
    "ChannelAddress",
    "ChannelStatus",
    "ConvoreMailChannel",
    "ConvoreMailChannelChanges",
    "InboundWebhook",
    "InboundWebhookStatus",
    "InboundWebhookType",
    "NewSesChannel",
    "SesChannel",
]

MailboxAddress = Annotated[
    str,
    Like(
        r"^[a-z0-9]{5,}@((test\.)?(convoreapplication\.com|convoremail\.com))$",
        "five or more small letters and digits at a domain of Convore's, such as convoremail.com",
    ),
]
"""An address of Convore's own mail."""


class ChannelStatus(OpenEnum):
    """Whether a channel is in use."""

    ACTIVE = "active"
    DISABLED = "disabled"


class ChannelAddress(Model):
    """An address that messages of a channel come to and are sent from."""

    handle: ContactHandle
    name: str | None = None
    is_primary: bool | None = None


class ConvoreMailChannel(Model):
    """A mailbox of Convore's own.

    Its address has a domain of Convore's, such as `support@convoremail.com`.
    """

    sender_name: str
    address: MailboxAddress


class ConvoreMailChannelChanges(Model):
    """What is to be another in a mailbox of Convore's own; what is `None` stays."""

    sender_name: str | None = None


class InboundWebhookType(OpenEnum):
    """What calls the webhook: notifications of Amazon's Simple Email Service."""

    SES_NOTIFICATION = "SES_NOTIFICATION"


class InboundWebhookStatus(OpenEnum):
    """Whether what comes to the webhook is taken; upper case, unlike all other kinds of status."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class InboundWebhook(Model):
    """An address of Convore's that the provider of mail calls."""

    type: InboundWebhookType
    status: InboundWebhookStatus
    url: str


class NewSesChannel(Model):
    """A channel by Amazon's Simple Email Service; `sns_topic_arn` is the topic that tells of mail that came."""

    sns_topic_arn: str | None = None


class SesChannel(Model):
    """A channel by Amazon's Simple Email Service; its topic calls `inbound_webhook`, by the subscription `subscription_arn`."""

    sns_topic_arn: str | None = None
    subscription_arn: str | None = None
    inbound_webhook: InboundWebhook | None = None


class Channel(Model):
    """Addresses that conversations are held from, through a connector."""

    id: str
    connector_id: str
    provider: ConnectorProvider
    name: str
    addresses: list[ChannelAddress]
    status: ChannelStatus
    created_at: dt.datetime
    convore_mail: ConvoreMailChannel | None = None
    ses: SesChannel | None = None
