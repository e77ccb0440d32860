"""Connectors of Convore and how they are allowed to read a mailbox, as structs.

A connector holds the access to a provider of mail or chat; channels come through it.
"""

from __future__ import annotations

import datetime as dt

from aioconvo.core.json.model import Model, OpenEnum

__all__ = [
    "AuthorizationFlow",
    "AuthorizationFlowStatus",
    "Connector",
    "ConnectorProvider",
    "GmailConnector",
    "GmailConnectorChanges",
    "NewGmailConnector",
    "NewSesConnector",
    "SesConnector",
    "SesConnectorChanges",
]


class ConnectorProvider(OpenEnum):
    """Whose mail or chat it is: Convore's own, that of Google, or Amazon's Simple Email Service."""

    CONVORE_MAIL = "convore_mail"
    CONVORE_GMAIL = "convore_gmail"
    CONVORE_CHAT = "convore_chat"
    GMAIL = "gmail"
    SES = "ses"


class GmailConnector(Model):
    """The OAuth application of Google that a connector acts as."""

    client_id: str


class NewGmailConnector(Model):
    """An OAuth application of Google to act as. No answer holds its secret."""

    client_id: str
    client_secret: str


class GmailConnectorChanges(Model):
    """What is to be another in an OAuth application of Google; what is `None` stays."""

    client_id: str | None = None
    client_secret: str | None = None


class SesConnector(Model):
    """The access key of Amazon with which a connector sends; `region` is one of Amazon's, such as `eu-west-1`."""

    access_key_id: str
    region: str


class NewSesConnector(Model):
    """An access key of Amazon to send with; `region` is one of Amazon's, such as `eu-west-1`. No answer holds its secret."""

    access_key_id: str
    secret_access_key: str
    region: str


class SesConnectorChanges(Model):
    """What is to be another in an access key of Amazon; what is `None` stays."""

    access_key_id: str | None = None
    secret_access_key: str | None = None
    region: str | None = None


class Connector(Model):
    """The access to a provider; `gmail` or `ses` where it is one of theirs."""

    id: str
    provider: ConnectorProvider
    name: str
    created_at: dt.datetime
    gmail: GmailConnector | None = None
    ses: SesConnector | None = None


class AuthorizationFlowStatus(OpenEnum):
    """Whether a person can still allow access by this flow."""

    ACTIVE = "active"
    DISABLED = "disabled"
    USED = "used"


class AuthorizationFlow(Model):
    """One person's way to allow access to their mailbox.

    A browser opens `grant_url`; from there it comes to `success_redirect_uri` or `error_redirect_uri`. When access was
    allowed, `connected_channel_id` is the channel that it made.
    """

    id: str
    connector_id: str
    success_redirect_uri: str
    error_redirect_uri: str
    status: AuthorizationFlowStatus
    grant_url: str
    connected_channel_id: str | None = None
